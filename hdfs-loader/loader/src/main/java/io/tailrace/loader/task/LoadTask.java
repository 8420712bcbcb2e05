package io.tailrace.loader.task;

import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.table.ErrorRow;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.RowMapper;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableKind;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.FramedAvroDecoder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;

/** Loads one range of offsets into the run's staging folder. Runs once, on one thread. */
public final class LoadTask implements Callable<TaskResult> {
    private static final Duration POLL = Duration.ofSeconds(1);

    /** How long a partition may deliver nothing before the range ends. Longer than any election takes. */
    private static final Duration STALL_MAX = Duration.ofSeconds(60);

    private final TaskSpec spec;
    private final OffsetRange range;
    private final TaskServices services;
    private final LongConsumer loaded;
    private final AbortCheck abort;
    private final RowMapper mapper;
    private final FramedAvroDecoder decoder;
    private long valueBytes;

    /**
     * Creates a task.
     *
     * @param loaded receives the number of records done since the last call
     * @param abort checked before each poll
     */
    public LoadTask(TaskSpec spec, TaskServices services, LongConsumer loaded, AbortCheck abort) {
        this.spec = spec;
        this.range = spec.range();
        this.services = services;
        this.loaded = loaded;
        this.abort = abort;
        this.mapper = RowMapper.of(spec.eventSchema(), spec.eventTimeField());
        this.decoder = new FramedAvroDecoder(services.registry(), Optional.of(mapper.eventSchema()));
    }

    @Override
    public TaskResult call() throws IOException {
        try (Consumer consumer = services.consumers().get();
                TableWriter rows = writer(TableKind.ROWS);
                TableWriter errors = writer(TableKind.ERRORS)) {
            copy(consumer, rows, errors);
            List<StagedFile> files = new ArrayList<>(rows.finish());
            files.addAll(errors.finish());
            return new TaskResult(files, valueBytes);
        }
    }

    private TableWriter writer(TableKind table) {
        var schema = table == TableKind.ROWS ? mapper.rowSchema() : ErrorRow.SCHEMA;
        String prefix = (table == TableKind.ROWS ? "rows-" : "errors-") + spec.number() + "-" + spec.attempt() + "-";
        return new TableWriter(new TableWriter.Source(table, schema, spec, prefix), spec.parquet(), services.store());
    }

    /**
     * Not every offset has a record, so the consumer's position, not the last record, decides when the range is done.
     */
    private void copy(Consumer consumer, TableWriter rows, TableWriter errors) throws IOException {
        TopicPartition partition = range.topicPartition();
        consumer.assign(Set.of(partition));
        consumer.seek(partition, range.from());
        long position = range.from();
        long progressNanos = services.nanoTime().getAsLong();
        while (position < range.to()) {
            abort.throwIfAborted();
            write(consumer.poll(POLL), rows, errors);
            long nowNanos = services.nanoTime().getAsLong();
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
        loaded.accept(count);
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
        long eventTimeMs = mapper.eventTimeMs(event, record);
        if (!PathPartition.exists(eventTimeMs)) {
            reject(record, "event time " + eventTimeMs + " ms: expected a time in the years 1970 to 9999", errors);
            return;
        }
        rows.write(PathPartition.of(eventTimeMs), record.offset(), mapper.row(event, record));
    }

    /** The event time is unknown, so an error row belongs to the hour of the record's timestamp. */
    private static void reject(ConsumerRecord record, String reason, TableWriter errors) throws IOException {
        errors.write(PathPartition.ofNearest(record.timestampMs()), record.offset(), ErrorRow.of(record, reason));
    }
}
