package io.tailrace.loader;

import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.schemas.FramedAvroDecoder;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;

/** Loads one range: pulls it by offset and writes it to the run's staging folder. Runs on one thread, once. */
final class LoadTask implements Callable<LoadTask.Result> {
    private static final Duration POLL = Duration.ofSeconds(1);

    /** How long a partition may answer nothing before its end: a leader is elected within this, or something is wrong. */
    private static final Duration STALL_MAX = Duration.ofSeconds(60);

    /**
     * What a task has written.
     *
     * @param files whole and on disk
     * @param valueBytes bytes of all values read
     */
    record Result(List<Manifest.File> files, long valueBytes) {}

    /**
     * What the tasks of a run share.
     *
     * @param consumers gives each task a consumer of its own, with no reset of offsets
     * @param registry the schemas that records were written with
     * @param shape how events become rows
     * @param store where to write
     * @param staging the run's staging folder
     * @param parquet how to write
     * @param guard asked again and again whether the run may go on
     * @param loaded told of records as they are done
     */
    record Context(
            Supplier<Consumer> consumers,
            SchemaRegistryClient registry,
            RowShape shape,
            Store store,
            Path staging,
            ParquetSettings parquet,
            RunGuard guard,
            LongConsumer loaded) {}

    private final OffsetRange range;
    private final int number;
    private final Context context;
    private final FramedAvroDecoder decoder;
    private long valueBytes;

    LoadTask(OffsetRange range, int number, Context context) {
        this.range = range;
        this.number = number;
        this.context = context;
        this.decoder = new FramedAvroDecoder(
                context.registry(), Optional.of(context.shape().eventSchema()));
    }

    @Override
    public Result call() throws IOException {
        try (Consumer consumer = context.consumers().get();
                TableWriter rows = writer(Layout.Table.ROWS);
                TableWriter errors = writer(Layout.Table.ERRORS)) {
            consumer.assign(Set.of(range.topicPartition()));
            consumer.seek(range.topicPartition(), range.from());
            long lastRecordNanos = System.nanoTime();
            while (consumer.position(range.topicPartition()) < range.to()) {
                context.guard().check();
                List<ConsumerRecord> records = consumer.poll(POLL);
                if (!records.isEmpty()) {
                    lastRecordNanos = System.nanoTime();
                } else if (System.nanoTime() - lastRecordNanos > STALL_MAX.toNanos()) {
                    throw new IOException(range.topicPartition() + " gave no record for " + STALL_MAX.toSeconds()
                            + " s at offset " + consumer.position(range.topicPartition()) + ", short of the "
                            + range.to() + " it had");
                }
                write(records, rows, errors);
            }
            List<Manifest.File> files = new ArrayList<>(rows.finish());
            files.addAll(errors.finish());
            return new Result(files, valueBytes);
        }
    }

    private TableWriter writer(Layout.Table table) {
        var schema = table == Layout.Table.ROWS ? context.shape().rowSchema() : ErrorRow.SCHEMA;
        String prefix = (table == Layout.Table.ROWS ? "rows-" : "errors-") + number + "-";
        return new TableWriter(
                new TableWriter.Source(table, schema, range.topicPartition(), context.staging(), prefix),
                context.parquet(),
                context.store());
    }

    private void write(List<ConsumerRecord> records, TableWriter rows, TableWriter errors) throws IOException {
        long count = 0;
        for (ConsumerRecord record : records) {
            if (record.offset() >= range.to()) {
                break;
            }
            write(record, rows, errors);
            count++;
        }
        context.loaded().accept(count);
    }

    private void write(ConsumerRecord record, TableWriter rows, TableWriter errors) throws IOException {
        byte[] value = record.value();
        valueBytes += value == null ? 0 : value.length;
        FramedAvroDecoder.Decoded decoded = decoder.decode(value);
        if (decoded instanceof FramedAvroDecoder.Decoded.Value event) {
            write(event.value(), record, rows, errors);
        } else if (decoded instanceof FramedAvroDecoder.Decoded.Rejected rejected) {
            reject(record, rejected.reason(), errors);
        }
    }

    private void write(Object event, ConsumerRecord record, TableWriter rows, TableWriter errors) throws IOException {
        long eventTimeMs = context.shape().eventTimeMs(event, record);
        if (!PathPartition.exists(eventTimeMs)) {
            reject(record, "event time " + eventTimeMs + " ms is not in the years 1970 to 9999", errors);
            return;
        }
        rows.write(
                PathPartition.of(eventTimeMs), record.offset(), context.shape().row(event, record));
    }

    /** Its own time is unknown, so an error is filed under the hour of the record's timestamp. */
    private static void reject(ConsumerRecord record, String reason, TableWriter errors) throws IOException {
        errors.write(PathPartition.ofNearest(record.timestampMs()), record.offset(), ErrorRow.of(record, reason));
    }
}
