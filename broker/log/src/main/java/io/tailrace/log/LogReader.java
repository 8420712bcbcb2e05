package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CorruptBatchException;
import io.tailrace.protocol.record.Decompressor;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordCursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One read of a log: segments, start and end that are consistent with each other while the log changes. A segment is
 * retained before it is used. If it is closed already, methods return null, and the caller starts a new read.
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
            TimestampedOffset record = findInBatch(segment, scan.position(), scan.sizeInBytes(), timestampMs);
            if (record != null) {
                return record;
            }
            position = scan.position() + scan.sizeInBytes();
        }
    }

    private @Nullable TimestampedOffset findInBatch(Segment segment, int position, int bytes, long timestampMs)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        Channels.readFully(segment.channel(), buffer, position);
        try {
            RecordBatch batch = RecordBatch.at(buffer.flip());
            RecordCursor record = RecordCursor.of(batch, new Decompressor(DECOMPRESSED_BYTES_MAX));
            while (record.next()) {
                if (record.timestampMs() >= timestampMs && record.offset() >= logStartOffset) {
                    return new TimestampedOffset(record.offset(), record.timestampMs(), batch.leaderEpoch());
                }
            }
            return null;
        } catch (CorruptBatchException e) {
            throw new CorruptLogException(segment.file(), position, String.valueOf(e.getMessage()));
        }
    }

    /** Finds the first record with the greatest timestamp. */
    @Nullable
    SearchResult findMax() throws IOException {
        long maxMs = RecordBatch.NO_TIMESTAMP;
        for (Segment segment : segments.from(logStartOffset)) {
            maxMs = Math.max(maxMs, segment.maxTimestampMs());
        }
        return find(maxMs);
    }
}
