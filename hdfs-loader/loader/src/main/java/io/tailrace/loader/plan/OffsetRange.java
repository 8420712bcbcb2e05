package io.tailrace.loader.plan;

import io.tailrace.protocol.TopicPartition;

/**
 * A range of offsets in one partition.
 *
 * @param topicPartition the partition
 * @param from first offset, inclusive
 * @param to end, exclusive
 */
public record OffsetRange(TopicPartition topicPartition, long from, long to) {
    public OffsetRange {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException(
                    "offsets of " + topicPartition + ": expected 0 <= from <= to, found from " + from + " to " + to);
        }
    }

    /** Number of offsets. There may be fewer records. */
    public long length() {
        return to - from;
    }
}
