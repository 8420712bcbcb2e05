package io.tailrace.log;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The reads of a log. A read that meets a truncation or a closed segment starts again. Thread-safe. */
final class LogReads {
    private final Log log;
    private final OptimisticReadLock lock;
    private final RecentAppends recentAppends;

    /** @param lock held for writing while the log is truncated */
    LogReads(Log log, OptimisticReadLock lock, RecentAppends recentAppends) {
        this.log = log;
        this.lock = lock;
        this.recentAppends = recentAppends;
    }

    /** See {@link Log#read}. */
    LogSlice read(long offset, int bytesMax, long offsetLimit, boolean atLeastOneBatch) throws IOException {
        return guarded(() -> reader().read(offset, bytesMax, offsetLimit, atLeastOneBatch), LogSlice::close);
    }

    /** See {@link Log#offsetForTimestamp}. */
    Optional<TimestampedOffset> find(long timestampMs) throws IOException {
        return guarded(() -> reader().find(timestampMs), result -> {}).record();
    }

    /** See {@link Log#offsetOfMaxTimestamp}. */
    Optional<TimestampedOffset> findMax() throws IOException {
        return guarded(() -> reader().findMax(), result -> {}).record();
    }

    /** See {@link Log#abortedTransactions}. */
    List<AbortedTransaction> abortedTransactions(long from, LogSlice slice, long limit) throws IOException {
        if (slice.isEmpty()) {
            return List.of();
        }
        if (!(slice instanceof FileSlice file)) {
            throw new IllegalArgumentException("expected a slice of this log, found " + slice.getClass());
        }
        return guarded(() -> reader().abortedTransactions(from, file, limit), result -> {});
    }

    private <T> T guarded(OptimisticReadLock.Read<T> read, OptimisticReadLock.Discard<T> discard) throws IOException {
        try {
            return lock.read(read, discard);
        } catch (IOException e) {
            throw log.report(e);
        }
    }

    /** The end is read before the segments, so that they cover it, and the start after them, so that it matches them. */
    private LogReader reader() throws IOException {
        log.ensureOpen();
        LogEnd end = log.end();
        SegmentList segments = log.state().segments();
        return new LogReader(log.partition(), segments, log.logStartOffset(), end, recentAppends);
    }
}
