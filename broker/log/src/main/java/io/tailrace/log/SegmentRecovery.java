package io.tailrace.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a segment trustworthy: checks only its indexes if it was forced or closed cleanly, and scans it otherwise. */
final class SegmentRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentRecovery.class);

    /**
     * The outcome of a scan.
     *
     * @param nextOffset offset after the last whole batch
     * @param wasCut whether something behind that batch was cut off
     */
    record Outcome(long nextOffset, boolean wasCut) {}

    private SegmentRecovery() {}

    /**
     * Reads a whole segment, rebuilds its indexes, and cuts it before the first damaged batch. Needs free space only for the
     * indexes.
     *
     * @param checksumsFrom checksums of batches that end before this offset are not verified, since they were forced
     */
    static Outcome scan(Segment segment, long checksumsFrom, int indexIntervalBytes) throws IOException {
        segment.indexes().reset();
        long nextOffset = segment.baseOffset();
        String problem = null;
        BatchScan scan = BatchScan.verifying(segment.channel(), 0, segment.sizeInBytes());
        while (problem == null && scan.next()) {
            problem = problemOf(scan, nextOffset, checksumsFrom);
            if (problem == null) {
                segment.indexes().add(scan, indexIntervalBytes);
                nextOffset = scan.lastOffset() + 1;
            }
        }
        if (problem == null) {
            problem = scan.problem();
        }
        if (problem != null) {
            LOG.warn(
                    "Segment cut in recovery: {}: at byte {} of {}, offset {}: {}",
                    segment,
                    scan.position(),
                    segment.sizeInBytes(),
                    nextOffset,
                    problem);
            segment.truncateFile(scan.position());
        }
        return new Outcome(nextOffset, problem != null);
    }

    /** Checks, by the headers, that a segment holds every batch below an offset. Changes nothing. */
    static void ensureHolds(Segment segment, long endOffset) throws IOException {
        BatchScan scan = BatchScan.headers(segment.channel(), 0, segment.sizeInBytes());
        long nextOffset = segment.baseOffset();
        while (nextOffset < endOffset && scan.next()) {
            if (scan.baseOffset() < nextOffset) {
                throw new CorruptLogException(
                        segment.file(), scan.position(), "base offset", "at least " + nextOffset, scan.baseOffset());
            }
            nextOffset = scan.lastOffset() + 1;
        }
        scan.ensureSound(segment.file());
        ensureReaches(segment, nextOffset, endOffset);
    }

    /** Checks that a log whose last segment ends at {@code nextOffset} has every offset below {@code endOffset}. */
    static void ensureReaches(Segment last, long nextOffset, long endOffset) throws CorruptLogException {
        if (nextOffset < endOffset) {
            throw new CorruptLogException(
                    last.file(), last.sizeInBytes(), "end of the log", "offset " + endOffset, "offset " + nextOffset);
        }
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

    /** Checks the indexes of a segment that was forced or closed cleanly, and rebuilds them if they are wrong. */
    static void checkIndexes(Segment segment, int indexIntervalBytes) throws IOException {
        String problem =
                segment.indexes().isSuspect() ? "an index is missing" : problemOfIndexes(segment, indexIntervalBytes);
        if (problem != null) {
            LOG.warn("Indexes are rebuilt: {}: {}", segment, problem);
            segment.rebuildIndexes(indexIntervalBytes);
        } else {
            segment.indexes().refresh(segment);
        }
    }

    private static @Nullable String problemOfIndexes(Segment segment, int indexIntervalBytes) throws IOException {
        OffsetIndex.Entry last = segment.indexes().offsetIndex().last();
        int from = last == null ? 0 : last.position();
        if (from < 0 || from > segment.sizeInBytes()) {
            return "index points at byte " + from + " of " + segment.sizeInBytes();
        }
        BatchScan scan = BatchScan.headers(segment.channel(), from, segment.sizeInBytes());
        boolean isAtBatch = scan.next();
        if (last != null && (!isAtBatch || scan.lastOffset() != last.lastOffset())) {
            return "no batch with last offset " + last.lastOffset() + " at byte " + from;
        }
        long lastOffset = segment.baseOffset();
        for (; isAtBatch; isAtBatch = scan.next()) {
            if (scan.position() - from > indexIntervalBytes) {
                return "index ends at byte " + from + " of " + segment.sizeInBytes();
            }
            lastOffset = scan.lastOffset();
        }
        TimeIndex.Entry newest = segment.indexes().timeIndex().last();
        if (newest == null || (newest.lastOffset() >= segment.baseOffset() && newest.lastOffset() <= lastOffset)) {
            return null;
        }
        return "time index points at offset " + newest.lastOffset() + ", last is " + lastOffset;
    }

    /** Offset after the last batch of a segment whose indexes are correct. */
    static long nextOffset(Segment segment) throws IOException {
        OffsetIndex.Entry last = segment.indexes().offsetIndex().last();
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
