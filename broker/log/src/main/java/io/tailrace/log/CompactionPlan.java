package io.tailrace.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The part of a log that a compaction covers.
 *
 * @param segments closed segments from the first one of the log on, at least one
 * @param dirt the dirty part of them
 * @param truncations how often the log had been truncated when the plan was made
 */
record CompactionPlan(List<Range> segments, Dirt dirt, int truncations) {
    /**
     * A closed segment.
     *
     * @param endOffset base offset of the next one
     */
    record Range(Segment segment, long endOffset) {}

    /**
     * The part of segments that was never compacted.
     *
     * @param firstOffset where it begins
     * @param bytes bytes of its segments; 0 if there are none
     * @param cleanBytes bytes of the segments before it
     * @param sinceMs when the oldest of its segments was created; {@link Long#MAX_VALUE} if there are none
     */
    record Dirt(long firstOffset, long bytes, long cleanBytes, long sinceMs) {
        /** Its part of all bytes, from 0 to 1. */
        double ratio() {
            return bytes == 0 ? 0 : (double) bytes / (cleanBytes + bytes);
        }

        /** For how long compaction has been overdue; 0 if it is not. */
        long overdueMs(LogConfig.Compaction config, long nowMs) {
            return bytes == 0 ? 0 : Math.max(0, Math.max(0, nowMs - sinceMs) - config.lagMsMax());
        }

        boolean isDue(LogConfig.Compaction config, long nowMs) {
            boolean isLate = nowMs - sinceMs >= config.lagMsMax();
            return bytes > 0 && (ratio() >= config.dirtyRatioMin() || isLate);
        }
    }

    /** Exclusive: where the covered part ends. */
    long endOffset() {
        return segments.get(segments.size() - 1).endOffset;
    }

    /**
     * The part of a log that can be compacted; empty if nothing can.
     *
     * @param limitOffset the high watermark: nothing at or above the last stable offset there, or above the recovery point, is covered
     */
    static Optional<CompactionPlan> of(Log log, long limitOffset, long nowMs) {
        // Read before the segments: a truncation after it makes the pass give up.
        int truncations = log.flusher().truncations();
        LogState state = log.state();
        LogConfig.Compaction config = log.config().compaction();
        long firstDirtyOffset = Math.max(state.history().firstDirtyOffset(), log.logStartOffset());
        long coveredOffset = Math.min(log.recoveryPoint(), log.lastStableOffset(limitOffset));
        List<Range> covered = new ArrayList<>();
        long cleanBytes = 0;
        long dirtyBytes = 0;
        long dirtySinceMs = Long.MAX_VALUE;
        for (Segment segment : state.segments().all()) {
            Segment next = state.segments().after(segment);
            if (next == null || next.baseOffset() > coveredOffset) {
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
        Dirt dirt = new Dirt(firstDirtyOffset, dirtyBytes, cleanBytes, dirtySinceMs);
        return covered.isEmpty() ? Optional.empty() : Optional.of(new CompactionPlan(covered, dirt, truncations));
    }

    /**
     * Whether the log is due: if enough of it is dirty, if a part has been dirty for too long, or if there are tombstones to
     * remove.
     */
    boolean isDue(LogConfig.Compaction config, CompactionHistory history, long nowMs) {
        boolean hasTombstones =
                endOffset() >= history.firstDirtyOffset() && history.hasExpiredTombstones(nowMs, config.tombstoneMs());
        return hasTombstones || dirt.isDue(config, nowMs);
    }
}
