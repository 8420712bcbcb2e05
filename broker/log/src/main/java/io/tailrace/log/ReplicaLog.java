package io.tailrace.log;

import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.EndTransactionMarker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A partition's log as a replica uses it, in any role. Thread-safe.
 *
 * <p>Offsets named end, next or limit are exclusive. Every method that uses the disk throws {@link LogDirectoryOfflineException}
 * once the log directory has failed, {@link LogClosedException} once the log is closed or deleted, {@link CorruptLogException}
 * where it meets damage, and {@link LogOperationException} if the operation failed for a reason that may pass. {@link Log} stores
 * the log in files. A contract test covers it and the other implementations.
 */
public interface ReplicaLog {
    /** The verification of a batch whose transaction no coordinator has confirmed. */
    long NOT_VERIFIED = Long.MIN_VALUE;

    /** Topic and index. */
    TopicPartition partition();

    /** Replaces the configuration, from the next append or maintenance pass on. */
    void reconfigure(LogConfig newConfig);

    /** The first readable offset. */
    long logStartOffset();

    /** The next offset to be written. */
    long logEndOffset();

    /** The leader epochs that wrote the parts of this log. */
    LeaderEpochs epochs();

    /**
     * Appends a batch from a client. {@link io.tailrace.protocol.record.BatchValidator} must have validated its checksum
     * and records. Offset and leader epoch are stamped in place.
     *
     * @param bytes one batch, from position to limit, which do not change
     * @param leaderEpoch the epoch in which this broker leads
     * @param nowMs the time of arrival
     */
    default AppendResult appendAsLeader(ByteBuffer bytes, int leaderEpoch, long nowMs) throws IOException {
        return appendVerified(bytes, leaderEpoch, NOT_VERIFIED, nowMs);
    }

    /**
     * Like {@link #appendAsLeader}, for a batch that may begin a transaction (KIP-890).
     *
     * @param verification {@link AppendResult.Unverified#verification} of an earlier attempt, after which the coordinator has
     *     confirmed that the partition is in the producer's transaction; {@link #NOT_VERIFIED} if it has not
     */
    AppendResult appendVerified(ByteBuffer bytes, int leaderEpoch, long verification, long nowMs) throws IOException;

    /**
     * Appends the marker that ends the transaction of a producer. It is refused if its epoch or that of its coordinator is old. It
     * is a {@linkplain AppendResult.Duplicate duplicate} if it would change nothing; then it is stable once everything in the
     * log is.
     *
     * @param raisesEpoch whether a marker must have a later epoch than the records, as with transaction version 2
     * @param leaderEpoch the epoch in which this broker leads
     * @param nowMs the time of arrival
     */
    AppendResult appendMarker(EndTransactionMarker marker, boolean raisesEpoch, int leaderEpoch, long nowMs)
            throws IOException;

    /**
     * Appends batches from a leader, with their offsets and epochs. Checksums are verified; a damaged batch is refused with
     * {@code CORRUPT_MESSAGE}. A last batch that was cut is left out. Sequences are not checked, since the leader has done that.
     * An empty log may start inside the first batch, as the leader's log does after DeleteRecords.
     *
     * @param bytes batches from position to limit, which do not change
     * @param nowMs the time of arrival
     */
    AppendResult appendAsFollower(ByteBuffer bytes, long nowMs) throws IOException;

    /**
     * Reads batches, starting with the one that contains {@code offset}, or with the next one if compaction has removed that one.
     * The caller closes the slice. It is empty at the limit.
     *
     * @param bytesMax greatest size of the slice; the last batch may be cut
     * @param offsetLimit exclusive: the high watermark for a consumer, {@link Long#MAX_VALUE} for a follower
     * @param atLeastOneBatch whether to return the whole first batch even if it is larger than {@code bytesMax}
     * @throws OffsetNotInLogException if the offset is below the log start offset or above the log end offset
     */
    LogSlice read(long offset, int bytesMax, long offsetLimit, boolean atLeastOneBatch) throws IOException;

    /**
     * The last stable offset (exclusive): the high watermark, or the first offset of a transaction that is open or whose marker is at
     * or above the high watermark. Never below the log start offset.
     */
    long lastStableOffset(long highWatermark);

    /**
     * The aborted transactions that overlap records which were read, and perhaps some behind them, in the order of their markers.
     *
     * @param from the offset that the read began at
     * @param slice what was read, still open
     * @param limit exclusive: the last stable offset that the read ended at
     */
    List<AbortedTransaction> abortedTransactions(long from, LogSlice slice, long limit) throws IOException;

    /** The idempotent producers that the log remembers, the least recently active first. */
    List<ActiveProducer> producers();

    /** The first record whose timestamp is at least {@code timestampMs}; it may lie above a high watermark. */
    Optional<TimestampedOffset> offsetForTimestamp(long timestampMs) throws IOException;

    /** The first record with the greatest timestamp. */
    Optional<TimestampedOffset> offsetOfMaxTimestamp() throws IOException;

    /**
     * Completes when records below an offset may be acknowledged: at once, or with {@code flush=ack} once a shared sync has
     * covered them, on another thread. Fails if the sync fails.
     */
    CompletableFuture<Void> durable(long nextOffset);

    /**
     * Starts an epoch at the log end offset, when this broker becomes the leader.
     *
     * @throws IllegalArgumentException if the log has a later epoch
     */
    void beginEpoch(int leaderEpoch);

    /**
     * Truncates the log to end at {@code offset}, and drops the epochs that start there or later. If no batch ends
     * there, the log ends after the last batch before it.
     */
    void truncateTo(long offset, long nowMs) throws IOException;

    /** Drops everything and restarts the log at an offset, for a follower whose leader's log starts after its own end. */
    void truncateFullyAndStartAt(long offset, long nowMs) throws IOException;

    /**
     * Raises the log start offset (DeleteRecords), without waiting. The next retention pass deletes the segments below. A
     * lower offset changes nothing. The records come back after a crash unless {@link #storeLogStart} has completed.
     *
     * @throws OffsetNotInLogException if the offset is above the log end offset
     */
    void deleteRecordsBefore(long offset) throws IOException;

    /**
     * Writes the current log start offset to disk. Completes on another thread, after a write that all logs of the log
     * directory share. Fails with an {@link IOException} if that write fails.
     */
    CompletableFuture<Void> storeLogStart();
}
