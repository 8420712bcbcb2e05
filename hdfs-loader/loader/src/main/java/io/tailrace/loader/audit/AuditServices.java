package io.tailrace.loader.audit;

import io.tailrace.client.Admin;
import io.tailrace.client.Consumer;
import io.tailrace.loader.store.Store;
import io.tailrace.schemas.SchemaRegistryClient;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The services of an audit.
 *
 * @param admin describes topics and their offsets
 * @param consumers creates a consumer without an offset reset
 * @param registry the schema registry
 * @param store the file system of the output
 * @param nanoTime measures how long a partition delivers nothing
 * @param clock the time of the audit
 */
public record AuditServices(
        Admin admin,
        Supplier<Consumer> consumers,
        SchemaRegistryClient registry,
        Store store,
        LongSupplier nanoTime,
        InstantSource clock) {}
