package io.tailrace.loader.plan;

import io.tailrace.protocol.TopicPartition;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A range of offsets in one partition.
 *
 * @param topicPartition the partition
 * @param from first offset, inclusive
 * @param to end, exclusive
 */
public record OffsetRange(TopicPartition topicPartition, long from, long to) {
    private static final int DESCRIBED_MAX = 5;

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

    /** Returns ranges in words, at most the first five of them. */
    public static String describe(List<OffsetRange> ranges) {
        String first = ranges.stream()
                .limit(DESCRIBED_MAX)
                .map(range -> "offsets " + range.from() + " to " + (range.to() - 1) + " of " + range.topicPartition())
                .collect(Collectors.joining("; "));
        int others = ranges.size() - DESCRIBED_MAX;
        return others > 0 ? first + "; and " + others + " other ranges" : first;
    }
}
