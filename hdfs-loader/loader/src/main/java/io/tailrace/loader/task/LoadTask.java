package io.tailrace.loader.task;

import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.loader.commit.Manifest;
import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.ErrorRow;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.RowMapper;
import io.tailrace.loader.table.TableKind;
import io.tailrace.protocol.TopicPartition;
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
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;

/** Loads one range of offsets into the run's staging folder. Runs once, on one thread. */
public final class LoadTask implements Callable<LoadTask.Result> {
    private static final Duration POLL = Duration.ofSeconds(1);

    /** How long a partition may deliver nothing before the range ends. Longer than any election takes. */
    private static final Duration STALL_MAX = Duration.ofSeconds(60);

    /**
     * What a task wrote.
     *
     * @param files complete and on disk
     * @param valueBytes total size of all values read
     */
    public record Result(List<Manifest.DataFile> files, long valueBytes) {}

    /**
     * What the tasks of a run share.
     *
     * @param consumers creates a consumer for each task, without an offset reset
     * @param registry has the schemas that records were written with
     * @param mapper turns events into rows
     * @param store the file system of the output
     * @param staging the run's staging folder
     * @param parquet settings of the files
     * @param abort checked before each poll
     * @param loaded receives the number of records done since the last call
     * @param nanoTime measures how long the partition delivers nothing
     */
    public record Context(
            Supplier<Consumer> consumers,
            SchemaRegistryClient registry,
            RowMapper mapper,
            Store store,
            Path staging,
            ParquetSettings parquet,
            AbortCheck abort,
            LongConsumer loaded,
            LongSupplier nanoTime) {}

    private final OffsetRange range;
    private final int number;
    private final Context context;
    private final FramedAvroDecoder decoder;
    private long valueBytes;

    public LoadTask(OffsetRange range, int number, Context context) {
        this.range = range;
        this.number = number;
        this.context = context;
        this.decoder = new FramedAvroDecoder(
                context.registry(), Optional.of(context.mapper().eventSchema()));
    }

    @Override
    public Result call() throws IOException {
        try (Consumer consumer = context.consumers().get();
                TableWriter rows = writer(TableKind.ROWS);
                TableWriter errors = writer(TableKind.ERRORS)) {
            copy(consumer, rows, errors);
            List<Manifest.DataFile> files = new ArrayList<>(rows.finish());
            files.addAll(errors.finish());
            return new Result(files, valueBytes);
        }
    }

    private TableWriter writer(TableKind table) {
        var schema = table == TableKind.ROWS ? context.mapper().rowSchema() : ErrorRow.SCHEMA;
        String prefix = (table == TableKind.ROWS ? "rows-" : "errors-") + number + "-";
        return new TableWriter(
                new TableWriter.Source(table, schema, range.topicPartition(), context.staging(), prefix),
                context.parquet(),
                context.store());
    }

    /**
     * Not every offset has a record, so the consumer's position, not the last record, decides when the range is done.
     */
    private void copy(Consumer consumer, TableWriter rows, TableWriter errors) throws IOException {
        TopicPartition partition = range.topicPartition();
        consumer.assign(Set.of(partition));
        consumer.seek(partition, range.from());
        long position = range.from();
        long progressNanos = context.nanoTime().getAsLong();
        while (position < range.to()) {
            context.abort().throwIfAborted();
            write(consumer.poll(POLL), rows, errors);
            long nowNanos = context.nanoTime().getAsLong();
            long next = consumer.position(partition);
            if (next > position) {
                progressNanos = nowNanos;
            } else if (nowNanos - progressNanos > STALL_MAX.toNanos()) {
                throw new IOException("no data for " + STALL_MAX.toSeconds() + " s from partition " + partition
                        + " at offset " + position + ", expected records up to offset " + (range.to() - 1)
                        + ". Check that the partition has a leader, then load again");
            }
            position = next;
        }
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
        long eventTimeMs = context.mapper().eventTimeMs(event, record);
        if (!PathPartition.exists(eventTimeMs)) {
            reject(record, "event time " + eventTimeMs + " ms: expected a time in the years 1970 to 9999", errors);
            return;
        }
        rows.write(
                PathPartition.of(eventTimeMs), record.offset(), context.mapper().row(event, record));
    }

    /** The event time is unknown, so an error row belongs to the hour of the record's timestamp. */
    private static void reject(ConsumerRecord record, String reason, TableWriter errors) throws IOException {
        errors.write(PathPartition.ofNearest(record.timestampMs()), record.offset(), ErrorRow.of(record, reason));
    }
}
