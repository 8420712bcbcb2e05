package io.tailrace.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which part of a log a compaction covers.
 *
 * @param segments closed segments from the first one of the log on, at least one
 * @param firstDirtyOffset the first offset that was never compacted
 */
record CompactionPlan(List<Range> segments, long firstDirtyOffset) {
    /**
     * A closed segment.
     *
     * @param endOffset base offset of the next one
     */
    record Range(Segment segment, long endOffset) {}

    /** Exclusive: where the covered part ends. */
    long endOffset() {
        return segments.get(segments.size() - 1).endOffset;
    }

    /**
     * The plan for a log, if it is due: if enough of it was never compacted, if something was not for too long, or if there are
     * tombstones to remove.
     *
     * @param limitOffset nothing at or above is covered: the lower of the recovery point and the high watermark
     */
    static Optional<CompactionPlan> of(
            LogState state, LogConfig.Compaction config, long logStartOffset, long limitOffset, long nowMs) {
        CompactionHistory history = state.history();
        long firstDirtyOffset = Math.max(history.firstDirtyOffset(), logStartOffset);
        List<Range> covered = new ArrayList<>();
        long cleanBytes = 0;
        long dirtyBytes = 0;
        long dirtySinceMs = Long.MAX_VALUE;
        for (Segment segment : state.segments().all()) {
            Segment next = state.segments().after(segment);
            if (next == null || next.baseOffset() > limitOffset) {
                break;
            }
            boolean isClean = next.baseOffset() <= firstDirtyOffset;
            boolean isYoung = config.lagMsMin() > 0 && nowMs - segment.lastAppendedMs() < config.lagMsMin();
            if (!isClean && isYoung) {
                break;
            }
            covered.add(new Range(segment, next.baseOffset()));
            cleanBytes += isClean ? segment.sizeInBytes() : 0;
            dirtyBytes += isClean ? 0 : segment.sizeInBytes();
            dirtySinceMs = isClean ? dirtySinceMs : Math.min(dirtySinceMs, segment.createdMs());
        }
        if (covered.isEmpty()) {
            return Optional.empty();
        }
        CompactionPlan plan = new CompactionPlan(covered, firstDirtyOffset);
        boolean isDirty = dirtyBytes > 0
                && (dirtyBytes >= config.dirtyRatioMin() * (cleanBytes + dirtyBytes)
                        || nowMs - dirtySinceMs >= config.lagMsMax());
        boolean hasTombstones = plan.endOffset() >= history.firstDirtyOffset()
                && history.hasExpiredTombstones(nowMs, config.tombstoneMs());
        return isDirty || hasTombstones ? Optional.of(plan) : Optional.empty();
    }
}
