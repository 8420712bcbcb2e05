package io.tailrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forces a log to disk and maintains its recovery point: everything below it is forced, and recovery does not read it. */
final class LogFlusher {
    private static final Logger LOG = LoggerFactory.getLogger(LogFlusher.class);

    private final Log log;
    private final LogContext context;
    private final GroupCommit groupCommit;

    /** Held by one sync, truncation or close at a time. Taken before the append lock. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Written under {@link #lock}. */
    private volatile long recoveryPoint;
    /** The time from which {@code flush.ms} counts; 0 before the first pass. */
    private volatile long unflushedSinceMs;

    private volatile boolean isDirectoryDirty = true;
    /** Truncations so far. A snapshot that was taken before one must not be written after it. */
    private volatile int truncations;

    LogFlusher(Log log, LogContext context, long recoveryPoint) {
        this.log = log;
        this.context = context;
        this.recoveryPoint = recoveryPoint;
        this.groupCommit = new GroupCommit(context.background(), this::flushTo);
    }

    long recoveryPoint() {
        return recoveryPoint;
    }

    /** Requests a sync that covers an offset. */
    CompletableFuture<Void> request(long offset) {
        return groupCommit.request(offset);
    }

    /** Starts a sync in the background if {@code flush.messages} records are not forced. */
    void afterAppend(long logEndOffset, LogConfig.Flush config) {
        if (!config.ackWaits() && logEndOffset - recoveryPoint >= config.messages()) {
            requestInBackground(logEndOffset);
        }
    }

    /** Forces the closed segment and writes the snapshot, in the background. */
    void afterRoll(long baseOffset, ByteBuffer snapshot) {
        isDirectoryDirty = true;
        int before = truncations;
        context.background().execute(() -> writeSnapshotInBackground(baseOffset, snapshot, before));
        requestInBackground(baseOffset);
    }

    /** Starts a sync in the background if records have not been forced for {@code flush.ms}. */
    void flushIfAged(long logEndOffset, LogConfig.Flush config, long nowMs) {
        if (logEndOffset <= recoveryPoint) {
            unflushedSinceMs = nowMs;
        } else if (nowMs - unflushedSinceMs >= config.ageMs()) {
            unflushedSinceMs = nowMs;
            requestInBackground(logEndOffset);
        }
    }

    /** The future is not needed: a failed sync takes the directory offline, and any other failure leaves it to the next one. */
    private void requestInBackground(long offset) {
        CompletableFuture<Void> unused = groupCommit.request(offset);
    }

    /** Forces everything below an offset, and what its segments contain beyond it. */
    void flushTo(long offset) throws IOException {
        exclusively(() -> {
            context.health().ensureOnline();
            if (offset <= recoveryPoint) {
                return;
            }
            if (log.isClosed()) {
                throw new LogClosedException(log.partition());
            }
            try {
                long reached = force(offset);
                if (isDirectoryDirty) {
                    syncDirectory();
                }
                log.writeEpochs();
                writeChain(reached);
                recoveryPoint = Math.max(recoveryPoint, reached);
            } catch (IOException e) {
                throw context.health().report(e);
            }
        });
    }

    /** Lists the segments that are closed and forced. Without space the old file stays, which lists some of them. */
    private void writeChain(long forcedOffset) throws IOException {
        LogState state = log.state();
        if (state.segments().floor(forcedOffset).baseOffset()
                <= state.chainFile().endOffset()) {
            return;
        }
        try {
            state.chainFile().write(state.chain(forcedOffset));
        } catch (IOException e) {
            if (FailureScope.of(e, state.directory()) == FailureScope.DIRECTORY) {
                throw e;
            }
            LOG.warn("Chain of segments not written, a later sync tries again: {}: {}", log.partition(), e.toString());
        }
    }

    private void syncDirectory() throws IOException {
        isDirectoryDirty = false;
        try {
            context.disk().syncDirectory(log.state().directory());
        } catch (IOException e) {
            isDirectoryDirty = true;
            throw e;
        }
    }

    private long force(long offset) throws IOException {
        LogEnd end = log.end();
        SegmentList segments = log.state().segments();
        long reached = recoveryPoint;
        for (Segment segment : segments.from(recoveryPoint)) {
            if (segment.baseOffset() >= offset) {
                break;
            }
            boolean isEnd = segment == end.segment();
            if (segment.retain()) {
                try {
                    segment.force();
                    if (!isEnd) {
                        segment.indexes().force();
                    }
                } finally {
                    segment.release();
                }
            }
            Segment next = segments.after(segment);
            reached = isEnd || next == null ? end.offset() : next.baseOffset();
            if (isEnd) {
                break;
            }
        }
        return reached;
    }

    /** Makes a change while no sync runs. */
    <E extends Exception> void exclusively(ThrowingRunnable<E> change) throws E {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    /** How often the log was truncated. */
    int truncations() {
        return truncations;
    }

    /** Lowers the recovery point, on disk too, before a truncation at {@code offset}. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written only under the lock
    void lowerRecoveryPoint(long offset) throws IOException {
        truncations++;
        if (offset < recoveryPoint) {
            recoveryPoint = offset;
            context.checkpoints().writeLowered();
        }
    }

    private void writeSnapshotInBackground(long offset, ByteBuffer snapshot, int truncationsBefore) {
        exclusively(() -> {
            if (log.isClosed() || context.health().isOffline() || truncations != truncationsBefore) {
                return;
            }
            try {
                writeSnapshot(offset, snapshot);
            } catch (IOException e) {
                LOG.warn(
                        "Producer snapshot not written, recovery will read more of the log: {}",
                        context.health().report(e).getMessage());
            }
        });
    }

    /** Writes a snapshot, once everything is on disk that is not rebuilt below it. */
    void writeSnapshot(long offset, ByteBuffer snapshot) throws IOException {
        for (Segment segment : log.state().segments().all()) {
            if (segment.transactions().isDirty() && segment.retain()) {
                try {
                    segment.transactions().force();
                } finally {
                    segment.release();
                }
            }
        }
        Path path = LogFiles.of(log.state().directory(), offset, LogFiles.SNAPSHOT);
        AtomicFile.replace(context.disk(), path, snapshot);
    }
}
