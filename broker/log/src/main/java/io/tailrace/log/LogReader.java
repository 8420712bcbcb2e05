package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CorruptBatchException;
import io.tailrace.protocol.record.Decompressor;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordCursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One read of a log: segments, start and end that are consistent with each other while the log changes. A segment is retained
 * before it is used. If a segment is already closed, methods return null, and the caller starts a new read.
 *
 * @param partition the partition
 * @param segments at least the segments that {@code end} covers
 * @param logStartOffset first readable offset
 * @param end the log's end
 * @param recentAppends the ends of the last appends
 */
record LogReader(
        TopicPartition partition, SegmentList segments, long logStartOffset, LogEnd end, RecentAppends recentAppends) {
    /** Limit for a batch that is searched for a timestamp. Validation has bounded batches more tightly on arrival. */
    private static final int DECOMPRESSED_BYTES_MAX = 1 << 30;

    @Nullable
    LogSlice read(long offset, int bytesMax, long offsetLimit, boolean atLeastOneBatch) throws IOException {
        if (offset < logStartOffset || offset > end.offset()) {
            throw new OffsetNotInLogException(partition, offset, logStartOffset, end.offset());
        }
        long limit = Math.min(offsetLimit, end.offset());
        Segment segment = segments.floor(offset);
        while (segment != null && Math.max(offset, segment.baseOffset()) < limit) {
            if (!segment.retain()) {
                return null;
            }
            LogSlice slice = FileSlice.empty();
            try {
                slice = slice(segment, offset, bytesMax, limit, atLeastOneBatch);
            } finally {
                if (slice.isEmpty()) {
                    segment.release();
                }
            }
            if (!slice.isEmpty() || bytesMax <= 0) {
                return slice;
            }
            segment = segments.after(segment);
        }
        return FileSlice.empty();
    }

    private LogSlice slice(Segment segment, long offset, int bytesMax, long limit, boolean atLeastOneBatch)
            throws IOException {
        int to = endOf(segment, limit);
        int from = startOf(segment, offset, to);
        int count = Math.min(bytesMax, to - from);
        if (atLeastOneBatch && count < to - from) {
            BatchScan scan = BatchScan.headers(segment.channel(), from, to);
            if (scan.next()) {
                count = Math.max(count, scan.sizeInBytes());
            }
        }
        if (count <= 0) {
            return FileSlice.empty();
        }
        segment.ensureHolds(from + (long) count);
        return FileSlice.of(segment, from, count);
    }

    private int startOf(Segment segment, long offset, int to) throws IOException {
        if (offset <= segment.baseOffset()) {
            return 0;
        }
        LogEnd recent = recentAppends.at(offset, segment);
        return recent != null ? recent.position() : segment.positionOf(offset, to);
    }

    /** The position at which the batches below an offset end in a segment. */
    private int endOf(Segment segment, long limit) throws IOException {
        if (segment == end.segment()) {
            if (limit >= end.offset()) {
                return end.position();
            }
            LogEnd recent = recentAppends.at(limit, segment);
            return recent != null ? recent.position() : segment.positionOf(limit, end.position());
        }
        Segment next = segments.after(segment);
        boolean isWhole = next != null && limit >= next.baseOffset();
        return isWhole ? segment.sizeInBytes() : segment.positionOf(limit, segment.sizeInBytes());
    }

    /** The aborted transactions that overlap the records of a slice, which start at or after {@code from}. */
    @Nullable
    List<AbortedTransaction> abortedTransactions(long from, FileSlice slice, long limit) throws IOException {
        long to = Math.min(limit, endOf(slice));
        List<AbortedTransaction> found = new ArrayList<>();
        boolean isComplete = false;
        // The slice keeps its segment open, even if that is deleted.
        Segment segment = slice.segment();
        while (segment != null && !isComplete) {
            if (!segment.retain()) {
                return null;
            }
            try {
                isComplete = segment.transactions().collect(from, to, found);
            } finally {
                segment.release();
            }
            segment = segments.after(segment);
        }
        return found;
    }

    /** An offset at or above the last record of a slice, exclusive: as exact as the offset index. */
    private long endOf(FileSlice slice) throws IOException {
        Segment segment = slice.segment();
        OffsetIndex.Entry behind =
                segment.indexes().offsetIndex().ceilingOfPosition(slice.position() + slice.sizeInBytes());
        if (behind != null) {
            return behind.lastOffset();
        }
        boolean isCurrent = segments.floor(segment.baseOffset()) == segment;
        Segment next = isCurrent ? segments.after(segment) : null;
        return next == null ? end.offset() : next.baseOffset();
    }

    /** The result of a search, which may have found no record. */
    record SearchResult(Optional<TimestampedOffset> record) {}

    /** Finds the first record whose timestamp is at least {@code timestampMs}. */
    @Nullable
    SearchResult find(long timestampMs) throws IOException {
        for (Segment segment : segments.from(logStartOffset)) {
            if (segment.baseOffset() >= end.offset()) {
                break;
            }
            if (segment.maxTimestampMs() < timestampMs) {
                continue;
            }
            if (!segment.retain()) {
                return null;
            }
            try {
                TimestampedOffset record = findIn(segment, timestampMs);
                if (record != null) {
                    return new SearchResult(Optional.of(record));
                }
            } finally {
                segment.release();
            }
        }
        return new SearchResult(Optional.empty());
    }

    private @Nullable TimestampedOffset findIn(Segment segment, long timestampMs) throws IOException {
        int to = endOf(segment, end.offset());
        TimeIndex.Entry entry = segment.indexes().timeIndex().floor(timestampMs);
        // Up to the entry's offset no record is newer than the entry. Its own batch may contain the wanted record.
        long from = Math.max(logStartOffset, entry == null ? segment.baseOffset() : entry.lastOffset());
        int position = segment.positionOf(from, to);
        while (true) {
            BatchScan scan = BatchScan.headers(segment.channel(), position, to);
            boolean isAtBatch = scan.next();
            while (isAtBatch && scan.maxTimestampMs() < timestampMs) {
                isAtBatch = scan.next();
            }
            scan.ensureSound(segment.file());
            if (!isAtBatch) {
                return null;
            }
            TimestampedOffset record = findInBatch(segment, scan, timestampMs, false);
            if (record != null) {
                return record;
            }
            position = scan.position() + scan.sizeInBytes();
        }
    }

    /**
     * The first record in the batch of a scan whose timestamp is at least {@code timestampMs}.
     *
     * @param newest whether the first of the newest ones is wanted
     */
    private @Nullable TimestampedOffset findInBatch(Segment segment, BatchScan scan, long timestampMs, boolean newest)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(scan.sizeInBytes());
        Channels.readFully(segment.channel(), buffer, scan.position());
        try {
            RecordBatch batch = RecordBatch.at(buffer.flip());
            RecordCursor record = RecordCursor.of(batch, new Decompressor(DECOMPRESSED_BYTES_MAX));
            TimestampedOffset found = null;
            while (record.next() && (newest || found == null)) {
                boolean isNewer = record.timestampMs() >= timestampMs
                        && (found == null || record.timestampMs() > found.timestampMs());
                if (isNewer && record.offset() >= logStartOffset) {
                    found = new TimestampedOffset(record.offset(), record.timestampMs(), batch.leaderEpoch());
                }
            }
            return found;
        } catch (CorruptBatchException e) {
            throw new CorruptLogException(segment.file(), scan.position(), String.valueOf(e.getMessage()));
        }
    }

    /** A segment, and its greatest timestamp when the search began. */
    private record Candidate(long maxTimestampMs, Segment segment) {}

    /** Finds the first record with the greatest timestamp. */
    @Nullable
    SearchResult findMax() throws IOException {
        List<Candidate> newestFirst = new ArrayList<>();
        for (Segment segment : segments.from(logStartOffset)) {
            if (segment.baseOffset() < end.offset()) {
                // Read once: appends change it.
                newestFirst.add(new Candidate(segment.maxTimestampMs(), segment));
            }
        }
        newestFirst.sort(Comparator.comparingLong(Candidate::maxTimestampMs).reversed());
        TimestampedOffset newest = null;
        for (Candidate candidate : newestFirst) {
            // The newest record of a segment may be below the log start, or removed by compaction.
            if (newest != null && candidate.maxTimestampMs() < newest.timestampMs()) {
                break;
            }
            Segment segment = candidate.segment();
            if (!segment.retain()) {
                return null;
            }
            try {
                newest = newerOf(newest, newestIn(segment, candidate.maxTimestampMs()));
            } finally {
                segment.release();
            }
        }
        return new SearchResult(Optional.ofNullable(newest));
    }

    private static @Nullable TimestampedOffset newerOf(
            @Nullable TimestampedOffset one, @Nullable TimestampedOffset other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        boolean isOther = other.timestampMs() == one.timestampMs()
                ? other.offset() < one.offset()
                : other.timestampMs() > one.timestampMs();
        return isOther ? other : one;
    }

    private @Nullable TimestampedOffset newestIn(Segment segment, long maxTimestampMs) throws IOException {
        TimestampedOffset indexed = findIn(segment, maxTimestampMs);
        if (indexed != null) {
            return indexed;
        }
        int to = endOf(segment, end.offset());
        int from = segment.positionOf(Math.max(logStartOffset, segment.baseOffset()), to);
        BatchScan scan = BatchScan.headers(segment.channel(), from, to);
        TimestampedOffset newest = null;
        while (scan.next()) {
            if (newest == null || scan.maxTimestampMs() > newest.timestampMs()) {
                newest = newerOf(newest, findInBatch(segment, scan, Long.MIN_VALUE, true));
            }
        }
        scan.ensureSound(segment.file());
        return newest;
    }
}
