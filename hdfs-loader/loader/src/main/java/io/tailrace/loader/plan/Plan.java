package io.tailrace.loader.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * The offsets one run of a topic loads: of each partition, from the end of the last commit to the high watermark at the
 * start of the run.
 *
 * @param tasks ranges that can be loaded independently, without a gap or overlap
 * @param covered what the run covers of each partition, skipped offsets included: from the end of the last commit to the
 *     high watermark
 * @param skipped offsets that retention deleted before they were loaded, and that the user chose to skip
 */
public record Plan(List<OffsetRange> tasks, List<OffsetRange> covered, List<OffsetRange> skipped) {

    /** What to do if retention deleted records before they were loaded. */
    public enum OnGap {
        FAIL,
        SKIP
    }

    /** Whether there is nothing to commit. */
    public boolean isEmpty() {
        return tasks.isEmpty() && skipped.isEmpty();
    }

    /** Number of offsets to load. */
    public long length() {
        return tasks.stream().mapToLong(OffsetRange::length).sum();
    }

    /**
     * Plans a run.
     *
     * @param taskRecordsMax the longest range of one task
     * @throws RetentionGapException if retention deleted records before they were loaded and {@code onGap} is FAIL
     * @throws IllegalArgumentException if a log ends before the offsets loaded from it
     */
    public static Plan of(List<PartitionBounds> partitions, long taskRecordsMax, OnGap onGap) {
        List<OffsetRange> tasks = new ArrayList<>();
        List<OffsetRange> skipped = new ArrayList<>();
        List<OffsetRange> covered = new ArrayList<>();
        for (PartitionBounds bounds : partitions) {
            long committedEnd = bounds.committedEnd().orElse(bounds.logStartOffset());
            if (bounds.endOffset() < committedEnd) {
                throw new IllegalArgumentException("log of " + bounds.topicPartition() + " ends at offset "
                        + bounds.endOffset() + ", but was loaded up to " + committedEnd);
            }
            if (committedEnd < bounds.logStartOffset()) {
                skipped.add(new OffsetRange(bounds.topicPartition(), committedEnd, bounds.logStartOffset()));
            }
            long from = Math.max(committedEnd, bounds.logStartOffset());
            split(new OffsetRange(bounds.topicPartition(), from, bounds.endOffset()), taskRecordsMax, tasks);
            covered.add(new OffsetRange(bounds.topicPartition(), committedEnd, bounds.endOffset()));
        }
        if (!skipped.isEmpty() && onGap == OnGap.FAIL) {
            throw new RetentionGapException(skipped);
        }
        return new Plan(List.copyOf(tasks), List.copyOf(covered), List.copyOf(skipped));
    }

    /**
     * Plans to load ranges again.
     *
     * @param taskRecordsMax the longest range of one task
     */
    public static Plan again(List<OffsetRange> ranges, long taskRecordsMax) {
        List<OffsetRange> tasks = new ArrayList<>();
        ranges.forEach(range -> split(range, taskRecordsMax, tasks));
        return new Plan(List.copyOf(tasks), List.of(), List.of());
    }

    /** Splits evenly, so that no task is much smaller than the others. */
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
