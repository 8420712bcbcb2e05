package io.tailrace.loader.task;

import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerConfig;
import io.tailrace.client.IsolationLevel;
import io.tailrace.client.OffsetReset;
import io.tailrace.loader.store.Store;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryClient;
import java.net.URI;
import java.time.Duration;
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
        Supplier<Consumer> consumers, SchemaRegistryClient registry, Store store, LongSupplier nanoTime) {
    private static final Duration REGISTRY_TIMEOUT = Duration.ofSeconds(10);
    private static final int POLL_RECORDS_MAX = 5_000;

    /**
     * Services at addresses.
     *
     * @param bootstrapServers brokers, as {@code host:port[,host:port...]}
     * @param group the loader's consumer group
     * @param registry the schema registry
     */
    public static TaskServices connect(String bootstrapServers, String group, URI registry, Store store) {
        ConsumerConfig consumer = ConsumerConfig.builder(bootstrapServers)
                .group(group)
                .offsetReset(OffsetReset.NONE)
                .isolation(IsolationLevel.READ_COMMITTED)
                .pollRecordsMax(POLL_RECORDS_MAX)
                .build();
        return new TaskServices(
                () -> Consumer.create(consumer),
                new HttpSchemaRegistryClient(registry, REGISTRY_TIMEOUT),
                store,
                System::nanoTime);
    }
}
