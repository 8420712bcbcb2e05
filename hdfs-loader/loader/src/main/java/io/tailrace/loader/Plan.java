package io.tailrace.loader;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one run of a topic is to load: from the committed end of each partition to the high watermark frozen at its
 * start.
 *
 * @param tasks ranges that can be loaded independently; together they have no hole and no overlap
 * @param endOffsets the end of each partition, exclusive, once the run is committed, by partition number
 * @param skipped records that retention deleted before they were loaded, and that the user agreed to do without
 */
record Plan(List<OffsetRange> tasks, SortedMap<Integer, Long> endOffsets, List<OffsetRange> skipped) {

    static final String CREATED_AGAIN = " Was the topic deleted and created again?"
            + " Load it under another output.path, or move its old data and commits away";

    /** What to do where retention has passed the committed end. */
    enum OnGap {
        FAIL,
        SKIP
    }

    /** Whether there is nothing to commit. */
    boolean isEmpty() {
        return tasks.isEmpty() && skipped.isEmpty();
    }

    /** Offsets to be loaded. */
    long length() {
        return tasks.stream().mapToLong(OffsetRange::length).sum();
    }

    /**
     * Plans a run.
     *
     * @param taskRecordsMax the longest range of one task
     * @throws RetentionGapException when records are gone that were never loaded, and the user has not agreed to that
     * @throws IllegalStateException when a log ends before what was loaded from it
     */
    static Plan of(List<PartitionBounds> partitions, long taskRecordsMax, OnGap onGap) {
        List<OffsetRange> tasks = new ArrayList<>();
        List<OffsetRange> skipped = new ArrayList<>();
        SortedMap<Integer, Long> endOffsets = new TreeMap<>();
        for (PartitionBounds bounds : partitions) {
            long committedEnd = bounds.committedEnd().orElse(bounds.logStartOffset());
            if (bounds.highWatermark() < committedEnd) {
                throw new IllegalStateException(bounds.topicPartition() + " ends at offset " + bounds.highWatermark()
                        + ", but was loaded up to " + committedEnd + "." + CREATED_AGAIN);
            }
            if (committedEnd < bounds.logStartOffset()) {
                skipped.add(new OffsetRange(bounds.topicPartition(), committedEnd, bounds.logStartOffset()));
            }
            long from = Math.max(committedEnd, bounds.logStartOffset());
            split(new OffsetRange(bounds.topicPartition(), from, bounds.highWatermark()), taskRecordsMax, tasks);
            endOffsets.put(bounds.topicPartition().partition(), bounds.highWatermark());
        }
        if (!skipped.isEmpty() && onGap == OnGap.FAIL) {
            throw new RetentionGapException(skipped);
        }
        return new Plan(List.copyOf(tasks), endOffsets, List.copyOf(skipped));
    }

    /** Pieces of nearly equal length, so that no task is left with a crumb. */
    private static void split(OffsetRange range, long lengthMax, List<OffsetRange> pieces) {
        long count = (range.length() + lengthMax - 1) / lengthMax;
        long from = range.from();
        for (long i = 1; i <= count; i++) {
            long to = range.from() + range.length() / count * i + Math.min(i, range.length() % count);
            pieces.add(new OffsetRange(range.topicPartition(), from, to));
            from = to;
        }
    }
}
