package io.tailrace.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Retention: deletes whole closed segments, oldest first, by age, by size, and below the log start offset.
 *
 * <p>Age counts from a segment's last append, not from its records' timestamps. With timestamps, one far in the future would keep
 * a segment forever, and a backlog of old records would be deleted before it was read ({@code docs/adr/0020}).
 */
final class LogCleanup {
    private LogCleanup() {}

    /**
     * Removes expired segments from a log and renames their files, under its append lock. Readers of such a segment can
     * finish; the trash deletes the files later.
     *
     * @param deletableBefore records at or above this offset are kept, since they may not be replicated yet
     */
    static void deleteExpired(Log log, Trash trash, long nowMs, long deletableBefore) throws IOException {
        List<Segment> expired = expired(log, nowMs, deletableBefore);
        if (expired.isEmpty()) {
            return;
        }
        for (Segment segment : expired) {
            List<Path> files = segment.markDeleted();
            SegmentList rest = log.state().segments().withoutFirst(1);
            // The start comes first, because a reader that misses the segment must find the new start.
            log.raiseLogStartOffset(rest.first().baseOffset());
            log.replaceSegments(rest);
            segment.release();
            trash.add(files, nowMs + log.config().fileDeleteDelayMs());
        }
        long firstOffset = log.state().segments().first().baseOffset();
        for (Path snapshot : LogState.snapshots(log.state().directory())) {
            if (LogFiles.offsetOf(snapshot) < firstOffset) {
                Files.deleteIfExists(snapshot);
            }
        }
    }

    private static List<Segment> expired(Log log, long nowMs, long deletableBefore) {
        SegmentList segments = log.state().segments();
        LogConfig.Retention retention = log.config().retention();
        long excessBytes = log.sizeInBytes() - retention.bytes();
        List<Segment> expired = new ArrayList<>();
        for (Segment segment : segments.all()) {
            Segment next = segments.after(segment);
            boolean isBeingReplaced = log.compaction().isReplacing(segment);
            if (next == null || next.baseOffset() > deletableBefore || isBeingReplaced) {
                break;
            }
            excessBytes -= segment.sizeInBytes();
            boolean isExpired = nowMs - segment.lastAppendedMs() > retention.ageMs();
            boolean isBelowStart = next.baseOffset() <= log.logStartOffset();
            if (!isExpired && !isBelowStart && excessBytes < 0) {
                break;
            }
            expired.add(segment);
        }
        return expired;
    }
}
