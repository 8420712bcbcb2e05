package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** SKELETON: bodies follow; signatures are what stays. */
@SuppressWarnings("DoNotCallSuggester")
public final class Log {
    Log() {}

    private static UnsupportedOperationException soon() {
        return new UnsupportedOperationException("signatures only so far");
    }

    public TopicPartition partition() {
        throw soon();
    }

    public LogConfig config() {
        throw soon();
    }

    public void reconfigure(LogConfig config) {
        throw soon();
    }

    /** First readable offset. */
    public long logStartOffset() {
        throw soon();
    }
    /** Exclusive. */
    public long logEndOffset() {
        throw soon();
    }
    /** Exclusive; below it everything is forced to disk. */
    public long recoveryPoint() {
        throw soon();
    }

    public long sizeInBytes() {
        throw soon();
    }

    /** Batches already validated (CRC, records) by io.tailrace.protocol.record; stamps offsets and epoch in place. */
    public AppendResult appendAsLeader(ByteBuffer batches, int leaderEpoch, long nowMs) throws IOException {
        throw soon();
    }
    /** Batches as a leader sent them, offsets and epochs kept; CRC is checked here; a partial last batch is ignored. */
    public AppendResult appendAsFollower(ByteBuffer batches, long nowMs) throws IOException {
        throw soon();
    }

    /** Completes when an ack for records below offset may go out: at once, or after the shared fdatasync (flush=ack). */
    public CompletableFuture<Void> durable(long nextOffset) {
        throw soon();
    }
    /** Forces everything now, on the calling thread. */
    public void flush() throws IOException {
        throw soon();
    }

    /** offsetLimit is exclusive: high watermark for consumers, logEndOffset for followers. Close the slice. Throws OffsetOutOfRangeException. */
    public LogSlice read(long offset, int bytesMax, long offsetLimit, boolean atLeastOneBatch) throws IOException {
        throw soon();
    }

    /** First record at or after timestampMs. */
    public Optional<TimestampedOffset> offsetForTimestamp(long timestampMs) throws IOException {
        throw soon();
    }

    /** To call on becoming leader: epoch starts at the log end offset. */
    public void beginEpoch(int leaderEpoch) {
        throw soon();
    }

    public OptionalInt latestEpoch() {
        throw soon();
    }
    /** KIP-101. */
    public Optional<EpochEnd> endOffsetFor(int leaderEpoch) {
        throw soon();
    }

    public void truncateTo(long offset) throws IOException {
        throw soon();
    }

    public void truncateFullyAndStartAt(long offset) throws IOException {
        throw soon();
    }
    /** DeleteRecords: moves the log start offset up. */
    public void deleteRecordsBefore(long offset) throws IOException {
        throw soon();
    }

    public boolean isOffline() {
        throw soon();
    }
}
