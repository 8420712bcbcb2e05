package io.tailrace.loader;

import io.tailrace.protocol.TopicPartition;

/**
 * Records of one partition.
 *
 * @param topicPartition the partition
 * @param from first offset, inclusive
 * @param to end, exclusive
 */
record OffsetRange(TopicPartition topicPartition, long from, long to) {
    OffsetRange {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException(topicPartition + ": no range from " + from + " to " + to);
        }
    }

    /** Offsets in the range; at least the number of its records. */
    long length() {
        return to - from;
    }
}
