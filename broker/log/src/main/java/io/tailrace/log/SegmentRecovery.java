package io.tailrace.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a segment into a state that can be trusted: by a look where it was closed properly, by a scan where not. */
final class SegmentRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentRecovery.class);

    /**
     * What a scan found.
     *
     * @param nextOffset offset after the last whole batch
     * @param problem why the segment was cut there, or null if it was whole
     */
    record Outcome(long nextOffset, @Nullable String problem) {}

    private SegmentRecovery() {}

    /**
     * Reads a whole segment, rebuilds its indexes, and cuts it at the first batch that is none. Needs no free space
     * beyond that of the indexes.
     *
     * @param checksumsFrom checksums of batches that end before this offset are not verified: they were forced
     */
    static Outcome scan(Segment segment, long checksumsFrom, int indexIntervalBytes) throws IOException {
        segment.resetIndexes();
        long nextOffset = segment.baseOffset();
        String problem = null;
        BatchScan scan = BatchScan.verifying(segment.channel(), 0, segment.sizeInBytes());
        while (problem == null && scan.next()) {
            problem = problemOf(scan, nextOffset, checksumsFrom);
            if (problem == null) {
                segment.index(scan, indexIntervalBytes);
                nextOffset = scan.lastOffset() + 1;
            }
        }
        if (problem == null) {
            problem = scan.problem();
        }
        if (problem != null) {
            LOG.warn(
                    "{}: cut at byte {} of {}, offset {}: {}",
                    segment,
                    scan.position(),
                    segment.sizeInBytes(),
                    nextOffset,
                    problem);
            segment.truncateFile(scan.position());
        }
        return new Outcome(nextOffset, problem);
    }

    private static @Nullable String problemOf(BatchScan scan, long nextOffset, long checksumsFrom) throws IOException {
        if (scan.baseOffset() < nextOffset) {
            return "base offset: expected at least " + nextOffset + ", found " + scan.baseOffset();
        }
        if (scan.lastOffset() >= checksumsFrom && !scan.checksumHolds()) {
            return scan.problem();
        }
        return null;
    }

    /** Checks the indexes of a segment that was forced or closed properly, and rebuilds them if they do not hold. */
    static void checkIndexes(Segment segment, int indexIntervalBytes) throws IOException {
        String wrong = segment.isIndexSuspect() ? "an index is missing" : wrongInIndexes(segment, indexIntervalBytes);
        if (wrong != null) {
            LOG.warn("{}: {}; indexes are rebuilt", segment, wrong);
            segment.rebuildIndexes(indexIntervalBytes);
        } else {
            segment.refreshMaxTimestamp();
        }
    }

    private static @Nullable String wrongInIndexes(Segment segment, int indexIntervalBytes) throws IOException {
        OffsetIndex.Entry last = segment.offsetIndex().last();
        int from = last == null ? 0 : last.position();
        if (from < 0 || from > segment.sizeInBytes()) {
            return "index points at byte " + from + " of " + segment.sizeInBytes();
        }
        BatchScan scan = BatchScan.headers(segment.channel(), from, segment.sizeInBytes());
        boolean atBatch = scan.next();
        if (last != null && (!atBatch || scan.lastOffset() != last.lastOffset())) {
            return "no batch with last offset " + last.lastOffset() + " at byte " + from;
        }
        long lastOffset = segment.baseOffset();
        for (; atBatch; atBatch = scan.next()) {
            if (scan.position() - from > indexIntervalBytes) {
                return "index ends at byte " + from + " of " + segment.sizeInBytes();
            }
            lastOffset = scan.lastOffset();
        }
        TimeIndex.Entry newest = segment.timeIndex().last();
        if (newest == null || (newest.lastOffset() >= segment.baseOffset() && newest.lastOffset() <= lastOffset)) {
            return null;
        }
        return "time index points at offset " + newest.lastOffset() + ", last is " + lastOffset;
    }

    /** Offset after the last batch of a segment whose indexes hold. */
    static long nextOffset(Segment segment) throws IOException {
        OffsetIndex.Entry last = segment.offsetIndex().last();
        long nextOffset = segment.baseOffset();
        BatchScan scan =
                BatchScan.headers(segment.channel(), last == null ? 0 : last.position(), segment.sizeInBytes());
        while (scan.next()) {
            nextOffset = scan.lastOffset() + 1;
        }
        scan.ensureSound(segment.file());
        return nextOffset;
    }
}
