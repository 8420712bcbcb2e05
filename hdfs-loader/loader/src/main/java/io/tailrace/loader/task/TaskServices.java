package io.tailrace.loader.task;

import io.tailrace.client.Consumer;
import io.tailrace.loader.store.Store;
import io.tailrace.schemas.SchemaRegistryClient;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What tasks of one process use. Shared by their threads.
 *
 * @param consumers creates a consumer for each task, without an offset reset
 * @param registry has the schemas that records were written with
 * @param store the file system of the output
 * @param nanoTime measures how long a partition delivers nothing
 */
public record TaskServices(
        Supplier<Consumer> consumers, SchemaRegistryClient registry, Store store, LongSupplier nanoTime) {}
