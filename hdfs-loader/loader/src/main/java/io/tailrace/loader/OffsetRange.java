package io.tailrace.loader;

import io.tailrace.protocol.TopicPartition;

/**
 * A range of offsets in one partition.
 *
 * @param topicPartition the partition
 * @param from first offset, inclusive
 * @param to end, exclusive
 */
record OffsetRange(TopicPartition topicPartition, long from, long to) {
    OffsetRange {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException(
                    "offsets of " + topicPartition + ": expected 0 <= from <= to, found from " + from + " to " + to);
        }
    }

    /** Number of offsets. There may be fewer records. */
    long length() {
        return to - from;
    }
}
