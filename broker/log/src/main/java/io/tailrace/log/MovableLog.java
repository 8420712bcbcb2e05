package io.tailrace.log;

import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.EndTransactionMarker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A log that can move to another log directory while it is used; see {@link LogMove}. Calls go to the log that is the partition's
 * now. Thread-safe, as {@link Log} is.
 */
public final class MovableLog implements ReplicaLog {
    /** Written, as {@link #move} is, under this object's monitor, so that a copy never misses a new configuration. */
    private volatile Log current;

    private volatile @Nullable LogMove move;

    /** @param log the partition's log */
    public MovableLog(Log log) {
        this.current = log;
    }

    /** The log as it is now. */
    public Log current() {
        return current;
    }

    synchronized void began(LogMove begun) {
        move = begun;
        begun.reconfigure(current.config());
    }

    synchronized void moveEnded() {
        move = null;
    }

    synchronized void replaced(Log other) {
        current = other;
        move = null;
    }

    @Override
    public TopicPartition partition() {
        return current.partition();
    }

    @Override
    public synchronized void reconfigure(LogConfig newConfig) {
        current.reconfigure(newConfig);
        LogMove moving = move;
        if (moving != null) {
            moving.reconfigure(newConfig);
        }
    }

    @Override
    public long logStartOffset() {
        return current.logStartOffset();
    }

    @Override
    public long logEndOffset() {
        return current.logEndOffset();
    }

    @Override
    public LeaderEpochs epochs() {
        return current.epochs();
    }

    @Override
    public AppendResult appendVerified(ByteBuffer bytes, int leaderEpoch, long verification, long nowMs)
            throws IOException {
        return current.appendVerified(bytes, leaderEpoch, verification, nowMs);
    }

    @Override
    public AppendResult appendMarker(EndTransactionMarker marker, boolean raisesEpoch, int leaderEpoch, long nowMs)
            throws IOException {
        return current.appendMarker(marker, raisesEpoch, leaderEpoch, nowMs);
    }

    @Override
    public AppendResult appendAsFollower(ByteBuffer bytes, long nowMs) throws IOException {
        return current.appendAsFollower(bytes, nowMs);
    }

    /** A read. */
    private interface Read<T> {
        T from(Log log) throws IOException;
    }

    /** Repeats the read if the log has moved and its former files were closed since the read began. */
    private <T> T read(Read<T> read) throws IOException {
        Log asked = current;
        try {
            return read.from(asked);
        } catch (LogClosedException e) {
            Log now = current;
            if (now == asked) {
                throw e;
            }
            return read.from(now);
        }
    }

    @Override
    public LogSlice read(long offset, int bytesMax, long offsetLimit, boolean atLeastOneBatch) throws IOException {
        return read(log -> log.read(offset, bytesMax, offsetLimit, atLeastOneBatch));
    }

    @Override
    public long lastStableOffset(long highWatermark) {
        return current.lastStableOffset(highWatermark);
    }

    @Override
    public List<AbortedTransaction> abortedTransactions(long from, LogSlice slice, long limit) throws IOException {
        return read(log -> log.abortedTransactions(from, slice, limit));
    }

    @Override
    public List<ActiveProducer> producers() {
        return current.producers();
    }

    @Override
    public Optional<TimestampedOffset> offsetForTimestamp(long timestampMs) throws IOException {
        return read(log -> log.offsetForTimestamp(timestampMs));
    }

    @Override
    public Optional<TimestampedOffset> offsetOfMaxTimestamp() throws IOException {
        return read(Log::offsetOfMaxTimestamp);
    }

    @Override
    public CompletableFuture<Void> durable(long nextOffset) {
        Log asked = current;
        return unlessMoved(asked, asked.durable(nextOffset));
    }

    @Override
    public CompletableFuture<Void> storeLogStart() {
        Log asked = current;
        return unlessMoved(asked, asked.storeLogStart());
    }

    /** A log that has moved was stored as a whole, so a failed sync of its former files does not matter. */
    private CompletableFuture<Void> unlessMoved(Log asked, CompletableFuture<Void> stored) {
        if (stored.isDone() && !stored.isCompletedExceptionally()) {
            return stored;
        }
        return stored.exceptionallyCompose(failure ->
                current == asked ? CompletableFuture.failedFuture(failure) : CompletableFuture.completedFuture(null));
    }

    @Override
    public void beginEpoch(int leaderEpoch) {
        current.beginEpoch(leaderEpoch);
    }

    @Override
    public void truncateTo(long offset, long nowMs) throws IOException {
        current.truncateTo(offset, nowMs);
        truncated(offset);
    }

    @Override
    public void truncateFullyAndStartAt(long offset, long nowMs) throws IOException {
        current.truncateFullyAndStartAt(offset, nowMs);
        truncated(0);
    }

    private void truncated(long offset) {
        LogMove moving = move;
        if (moving != null) {
            moving.truncated(offset);
        }
    }

    @Override
    public void deleteRecordsBefore(long offset) throws IOException {
        current.deleteRecordsBefore(offset);
    }
}
