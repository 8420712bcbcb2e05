package io.tailrace.loader.task;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.ErrorRow;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;

/**
 * Decodes the records of one partition again that are in files of the error table. Those that still do not decode become rows of
 * the error table in the hour where they were. Runs once, on one thread.
 */
public final class RetryTask implements Callable<TaskResult> {
    private final TaskSpec spec;
    private final Input input;
    private final SchemaRegistryClient registry;
    private final Store store;
    private final AbortCheck abort;

    /**
     * What a task reads.
     *
     * @param files files of the error table; rows of other partitions are skipped
     * @param rows reads them
     * @param done receives the number of records done since the last call
     */
    public record Input(List<DataFile> files, StoredRows rows, LongConsumer done) {}

    /**
     * Creates a task.
     *
     * @param spec what it writes; of the range, only the partition counts
     * @param abort checked before each file is completed
     */
    public RetryTask(TaskSpec spec, Input input, SchemaRegistryClient registry, Store store, AbortCheck abort) {
        this.spec = spec;
        this.input = input;
        this.registry = registry;
        this.store = store;
        this.abort = abort;
    }

    @Override
    public TaskResult call() throws IOException {
        try (RecordWriter writer = new RecordWriter(spec, registry, store, abort)) {
            for (DataFile file : input.files()) {
                long errorTimeMs = file.pathPartition().endMs() - 1;
                input.rows().read(file, ErrorRow.SCHEMA, row -> {
                    ConsumerRecord record = ErrorRow.record(row);
                    if (record.topicPartition().equals(spec.range().topicPartition())) {
                        writer.write(record, errorTimeMs);
                        input.done().accept(1);
                    }
                });
            }
            return writer.finish();
        }
    }
}
