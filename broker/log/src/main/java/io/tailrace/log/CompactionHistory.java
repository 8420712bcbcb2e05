package io.tailrace.log;

import java.util.ArrayList;
import java.util.List;

/**
 * The offsets up to which a log was compacted, each with the time, oldest first. A tombstone may be removed
 * {@code delete.retention.ms} after it was compacted: since then the log has held no older record of its key. Immutable.
 *
 * <p>Times belong to offsets, not to segments, because segments are merged: a segment that takes up newly compacted records would
 * otherwise keep its old tombstones for as long as it grows.
 *
 * @param marks offsets and times, both ascending
 */
record CompactionHistory(List<Mark> marks) {
    /** The history of a log that was never compacted. */
    static final CompactionHistory EMPTY = new CompactionHistory(List.of());

    /**
     * Passes within this part of the retention share a mark, so that there are few marks. Tombstones stay longer by the same
     * time.
     */
    private static final int MARKS_PER_RETENTION = 16;

    /**
     * Records below an offset, and not below that of the previous mark, are compacted.
     *
     * @param endOffset exclusive
     * @param compactedMs when they were compacted
     * @param tombstones how many tombstones are among them
     */
    record Mark(long endOffset, long compactedMs, long tombstones) {}

    CompactionHistory {
        marks = List.copyOf(marks);
    }

    /** The first offset that was never compacted; 0 if none was. */
    long firstDirtyOffset() {
        return marks.isEmpty() ? 0 : last().endOffset;
    }

    private Mark last() {
        return marks.get(marks.size() - 1);
    }

    /** The index of the mark that covers an offset, or the number of marks if none does. */
    int indexOf(long offset) {
        int index = 0;
        while (index < marks.size() && marks.get(index).endOffset <= offset) {
            index++;
        }
        return index;
    }

    /** The offset below which tombstones may be removed; 0 if none may. */
    long tombstonesEndOffset(long nowMs, long retentionMs) {
        long endOffset = 0;
        for (Mark mark : marks) {
            endOffset = isExpired(mark, nowMs, retentionMs) ? mark.endOffset : endOffset;
        }
        return endOffset;
    }

    /** Whether there are tombstones that may be removed. */
    boolean hasExpiredTombstones(long nowMs, long retentionMs) {
        return marks.stream().anyMatch(mark -> mark.tombstones > 0 && isExpired(mark, nowMs, retentionMs));
    }

    private static boolean isExpired(Mark mark, long nowMs, long retentionMs) {
        return nowMs - mark.compactedMs >= retentionMs;
    }

    /** The history after a pass that has compacted everything below an offset. Tombstones are not counted yet. */
    CompactionHistory plus(long endOffset, long nowMs, long retentionMs) {
        List<Mark> longer = new ArrayList<>();
        for (Mark mark : marks) {
            // An expired mark covers everything that earlier ones do.
            if (isExpired(mark, nowMs, retentionMs)) {
                longer.clear();
            }
            longer.add(mark);
        }
        if (endOffset > firstDirtyOffset()) {
            long windowMs = Math.max(1, retentionMs / MARKS_PER_RETENTION);
            long timeMs = marks.isEmpty() ? nowMs : Math.max(nowMs, last().compactedMs);
            boolean sharesMark = !marks.isEmpty() && last().compactedMs / windowMs == timeMs / windowMs;
            if (sharesMark) {
                longer.remove(longer.size() - 1);
            }
            longer.add(new Mark(endOffset, timeMs, 0));
        }
        return new CompactionHistory(longer);
    }

    /** A copy with the numbers of tombstones that a pass has counted, one for each mark. */
    CompactionHistory counted(long[] tombstones) {
        List<Mark> counted = new ArrayList<>();
        for (int i = 0; i < marks.size(); i++) {
            Mark mark = marks.get(i);
            counted.add(new Mark(mark.endOffset, mark.compactedMs, tombstones[i]));
        }
        return new CompactionHistory(counted);
    }

    /** A copy that covers nothing at or above an offset. */
    CompactionHistory truncate(long endOffset) {
        if (firstDirtyOffset() <= endOffset) {
            return this;
        }
        int index = indexOf(endOffset);
        List<Mark> shorter = new ArrayList<>(marks.subList(0, index));
        Mark cut = marks.get(index);
        boolean coversMore = endOffset > 0 && (index == 0 || shorter.get(index - 1).endOffset < endOffset);
        if (coversMore) {
            shorter.add(new Mark(endOffset, cut.compactedMs, cut.tombstones));
        }
        return new CompactionHistory(shorter);
    }
}
