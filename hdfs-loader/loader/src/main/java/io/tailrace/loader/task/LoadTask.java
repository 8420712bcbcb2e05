package io.tailrace.loader.task;

import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.RowMapper;
import io.tailrace.loader.table.TableKind;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.FramedAvroDecoder;
import io.tailrace.schemas.FramedAvroDecoder.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
    private final EventFormat events;
    private final ErrorFormat errors = new ErrorFormat();
    private final Row row = new Row();
    private final Rejections rejections;
    private long valueBytes;
    private long records;

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
        this.rejections = new Rejections(spec.errors());
        RowMapper mapper = RowMapper.of(spec.eventSchema(), spec.eventTimeField());
        this.events = new EventFormat(
                range.topicPartition(),
                mapper,
                new FramedAvroDecoder(services.registry(), Optional.of(mapper.eventSchema())));
    }

    @Override
    public TaskResult call() throws IOException {
        try (Consumer consumer = services.consumers().get();
                TaskFiles files = new TaskFiles(
                        spec, Map.of(TableKind.ROWS, events, TableKind.ERRORS, errors), services.store())) {
            copy(consumer, files);
            rejections.check(records);
            return new TaskResult(files.finish(abort), valueBytes);
        }
    }

    /**
     * Not every offset has a record, so the consumer's position, not the last record, decides when the range is done.
     */
    private void copy(Consumer consumer, TaskFiles files) throws IOException {
        TopicPartition partition = range.topicPartition();
        consumer.assign(Set.of(partition));
        consumer.seek(partition, range.from());
        long position = range.from();
        long progressNanos = services.nanoTime().getAsLong();
        while (position < range.to()) {
            abort.throwIfAborted();
            write(consumer.poll(POLL), files);
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

    private void write(List<ConsumerRecord> records, TaskFiles files) throws IOException {
        long count = 0;
        for (ConsumerRecord record : records) {
            if (record.offset() >= range.to()) {
                break;
            }
            write(record, files);
            count++;
        }
        loaded.accept(count);
    }

    private void write(ConsumerRecord record, TaskFiles files) throws IOException {
        records++;
        byte[] value = record.value();
        valueBytes += value == null ? 0 : value.length;
        if (value == null) {
            reject(record, Fault.VALUE, "no value", files);
            return;
        }
        row.set(record.offset(), record.timestampMs(), value, value.length);
        FramedAvroDecoder.Decoded.Rejected rejected = events.readEvent(row);
        if (rejected != null) {
            reject(record, rejected.fault(), rejected.reason(), files);
        } else if (!PathPartition.exists(row.eventTimeMs)) {
            reject(
                    record,
                    Fault.VALUE,
                    "event time " + row.eventTimeMs + " ms: expected a time in the years 1970 to 9999",
                    files);
        } else {
            files.write(TableKind.ROWS, row.eventTimeMs, row).add(row);
        }
    }

    /** The event time is unknown, so an error row belongs to the hour of the record's timestamp. */
    private void reject(ConsumerRecord record, Fault fault, String reason, TaskFiles files) throws IOException {
        rejections.add(record, fault, reason);
        errors.set(row, record, reason);
        files.write(TableKind.ERRORS, PathPartition.nearestMs(record.timestampMs()), row);
    }
}
