package io.tailrace.loader.task;

import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
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
    }

    @Override
    public TaskResult call() throws IOException {
        try (Consumer consumer = services.consumers().get();
                RecordWriter writer = new RecordWriter(spec, services.registry(), services.store(), abort)) {
            copy(consumer, writer);
            return writer.finish();
        }
    }

    /**
     * Not every offset has a record, so the consumer's position, not the last record, decides when the range is done.
     */
    private void copy(Consumer consumer, RecordWriter writer) throws IOException {
        TopicPartition partition = range.topicPartition();
        consumer.assign(Set.of(partition));
        consumer.seek(partition, range.from());
        long position = range.from();
        long progressNanos = services.nanoTime().getAsLong();
        while (position < range.to()) {
            abort.throwIfAborted();
            write(consumer.poll(POLL), writer);
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

    private void write(List<ConsumerRecord> records, RecordWriter writer) throws IOException {
        long count = 0;
        for (ConsumerRecord record : records) {
            if (record.offset() >= range.to()) {
                break;
            }
            if (!spec.excluded().contains(record.offset())) {
                writer.write(record, PathPartition.nearestMs(record.timestampMs()));
            }
            count++;
        }
        loaded.accept(count);
    }
}
