package io.tailrace.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Retention: whole closed segments go, oldest first, by age, by size, and below the log start offset.
 *
 * <p>Age counts from a segment's last append and not from its records' timestamps: a timestamp far in the future would
 * keep a segment for ever, and a backlog that is years old would be gone before anybody has read it.
 */
final class LogCleanup {
    private LogCleanup() {}

    /**
     * Takes expired segments out of a log and renames their files, under its append lock. Readers that hold one go on
     * reading; the trash removes the files later.
     *
     * @param deletableBefore exclusive: what is at or above this offset stays, as it is not replicated yet
     */
    static void deleteExpired(Log log, Trash trash, long nowMs, long deletableBefore) throws IOException {
        List<Segment> expired = expired(log, nowMs, deletableBefore);
        if (expired.isEmpty()) {
            return;
        }
        for (Segment segment : expired) {
            List<Path> files = segment.markDeleted();
            SegmentList rest = log.state().segments().withoutFirst(1);
            // The start first: a reader that misses the segment must find the new start.
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
        long surplusBytes = log.sizeInBytes() - retention.bytes();
        List<Segment> expired = new ArrayList<>();
        for (Segment segment : segments.all()) {
            Segment next = segments.after(segment);
            if (next == null || next.baseOffset() > deletableBefore) {
                break;
            }
            surplusBytes -= segment.sizeInBytes();
            boolean isAged = nowMs - segment.lastAppendedMs() > retention.ageMs();
            boolean isBelowStart = next.baseOffset() <= log.logStartOffset();
            if (!isAged && !isBelowStart && surplusBytes < 0) {
                break;
            }
            expired.add(segment);
        }
        return expired;
    }
}
