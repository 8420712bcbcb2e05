package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Pulls records of assigned partitions in offset order, reading ahead within a bound.
 *
 * <p>Used by one thread at a time, {@link #wakeup} apart. A position that retention has passed is an
 * {@link OffsetOutOfRangeException}, or moves where {@link ConsumerConfig} says.
 */
public interface Consumer extends AutoCloseable {

    /** Creates a consumer with nothing assigned. */
    static Consumer create(ConsumerConfig config) {
        return new FetchingConsumer(config);
    }

    /** Replaces the assignment. A new partition starts at its committed offset, else where the reset policy says. */
    void assign(Collection<TopicPartition> partitions);

    /** The partitions assigned now. */
    Set<TopicPartition> assignment();

    /** Moves the next read of an assigned partition. What was read ahead is dropped. */
    void seek(TopicPartition partition, long offset);

    /** Moves assigned partitions to their log start offset. */
    void seekToBeginning(Collection<TopicPartition> partitions);

    /** Moves assigned partitions to their high watermark. */
    void seekToEnd(Collection<TopicPartition> partitions);

    /**
     * Returns what was read, waiting for the first record up to the timeout.
     *
     * @return records in offset order within each partition, at most {@code max.poll.records}; empty when the time
     *     is up
     * @throws OffsetOutOfRangeException when a position is not in its log and the reset policy is to tell
     */
    List<ConsumerRecord> poll(Duration timeout);

    /** The offset of the next record that {@link #poll} will return; exclusive end of what it has returned. */
    long position(TopicPartition partition);

    /** Commits offsets (exclusive: the next to be read) for the consumer's group, and waits for the answer. */
    void commit(Map<TopicPartition, Long> offsets);

    /** The group's committed offsets; partitions without one are absent. */
    Map<TopicPartition, Long> committed(Collection<TopicPartition> partitions);

    /** Makes a {@link #poll} that waits, or the next one, return at once. May be called from any thread. */
    void wakeup();

    @Override
    void close();
}
