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

    /** Segments that are no longer part of the log, and must be let go of outside of its lock. */
    record Removed(List<Segment> segments, long firstOffset) {
        Removed() {
            this(List.of(), 0);
        }

        /** Renames the files, closes them when their readers are done, and leaves them to the trash. */
        void moveTo(LogContext context, Path directory, long dueMs) throws IOException {
            if (segments.isEmpty()) {
                return;
            }
            try {
                List<Path> files = new ArrayList<>();
                for (Segment segment : segments) {
                    files.addAll(segment.markDeleted());
                    segment.release();
                }
                context.trash().add(files, dueMs);
                for (Path snapshot : LogState.snapshots(directory)) {
                    if (LogFiles.offsetOf(snapshot) < firstOffset) {
                        Files.deleteIfExists(snapshot);
                    }
                }
            } catch (IOException e) {
                throw context.health().fail(e);
            }
        }
    }

    /**
     * Takes expired segments out of a log, under its append lock.
     *
     * @param deletableBefore exclusive: what is at or above this offset stays, as it is not replicated yet
     */
    static Removed takeExpired(Log log, long nowMs, long deletableBefore) {
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
        if (expired.isEmpty()) {
            return new Removed();
        }
        SegmentList rest = segments.withoutFirst(expired.size());
        log.replaceSegments(rest);
        log.raiseLogStartOffset(rest.first().baseOffset());
        return new Removed(expired, rest.first().baseOffset());
    }
}
