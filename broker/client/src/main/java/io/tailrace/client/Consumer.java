package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Pulls records of assigned partitions in offset order. Reads ahead within a bound. A {@link GroupConsumer} can also be assigned
 * its partitions by a group.
 *
 * <p>For one thread at a time, except {@link #wakeup}. If a position is no longer in the log, {@link #poll} throws an
 * {@link OffsetOutOfRangeException} or resets it, as {@link ConsumerConfig#offsetReset} says.
 */
public interface Consumer extends AutoCloseable {

    /** Creates a consumer with nothing assigned. */
    static Consumer create(ConsumerConfig config) {
        return new FetchingConsumer(config);
    }

    /** Replaces the assignment. A new partition starts at its committed offset, or else where the reset policy says. */
    void assign(Collection<TopicPartition> partitions);

    /** The assigned partitions. */
    Set<TopicPartition> assignment();

    /** Sets the position of an assigned partition, and drops what was read ahead. */
    void seek(TopicPartition partition, long offset);

    /** Moves assigned partitions to their log start offset. */
    void seekToBeginning(Collection<TopicPartition> partitions);

    /** Moves assigned partitions to their high watermark. */
    void seekToEnd(Collection<TopicPartition> partitions);

    /**
     * Returns records, waiting for the first one for up to the timeout.
     *
     * @return records in offset order within each partition, at most {@code max.poll.records}; empty if the
     *     timeout passes
     * @throws OffsetOutOfRangeException if a position is not in its log and the reset policy is {@link OffsetReset#NONE}
     */
    List<ConsumerRecord> poll(Duration timeout);

    /** The offset of the next record that {@link #poll} returns: the exclusive end of those it has returned. */
    long position(TopicPartition partition);

    /** Commits offsets (exclusive: the next to be read) for the consumer's group, and waits for the answer. */
    void commit(Map<TopicPartition, Long> offsets);

    /** The group's committed offsets; partitions without one are absent. */
    Map<TopicPartition, Long> committed(Collection<TopicPartition> partitions);

    /** Makes a waiting {@link #poll}, or else the next one, return at once. May be called from any thread. */
    void wakeup();

    @Override
    void close();
}
