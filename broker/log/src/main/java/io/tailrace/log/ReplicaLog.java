package io.tailrace.log;

import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A partition's log as a replica uses it, in whatever role. Thread-safe.
 *
 * <p>Offsets named end, next or limit are exclusive. Every method that touches the disk throws
 * {@link LogDirectoryOfflineException} from the first failure of the log directory on, and {@link LogClosedException} once
 * the log is closed or deleted. {@link Log} keeps the log in files; a test of both holds other implementations to the same.
 */
public interface ReplicaLog {

    /** Topic and index. */
    TopicPartition partition();

    /** Replaces the configuration, from the next append or maintenance pass on. */
    void reconfigure(LogConfig newConfig);

    /** The first readable offset. */
    long logStartOffset();

    /** The next offset to be written. */
    long logEndOffset();

    /** Which leader epoch wrote which part of this log. */
    LeaderEpochs epochs();

    /**
     * Appends a batch that a client sent. It must have been found valid, checksum and records, by
     * {@link io.tailrace.protocol.record.BatchValidator}; offset and leader epoch are stamped in place.
     *
     * @param bytes one batch, from position to limit, both of which stay as they are
     * @param leaderEpoch the epoch that this broker leads in
     * @param nowMs the time of arrival
     */
    AppendResult appendAsLeader(ByteBuffer bytes, int leaderEpoch, long nowMs) throws IOException;

    /**
     * Appends batches as a leader sent them, with their offsets and epochs. Checksums are verified. A last batch that was
     * cut off is left out; sequences are not checked, the leader did that.
     *
     * @param bytes batches from position to limit, both of which stay as they are
     * @param nowMs the time of arrival
     */
    AppendResult appendAsFollower(ByteBuffer bytes, long nowMs) throws IOException;

    /**
     * Reads batches from the one that holds {@code offset}; close the slice. Empty at the limit.
     *
     * @param bytesMax the slice's greatest size; the last batch may be cut off
     * @param offsetLimit exclusive: a consumer's high watermark, a follower's {@link Long#MAX_VALUE}
     * @param atLeastOneBatch whether the first batch is given whole even if it is larger than {@code bytesMax}
     * @throws OffsetOutOfRangeException unless the offset is between log start and log end, both inclusive
     */
    LogSlice read(long offset, int bytesMax, long offsetLimit, boolean atLeastOneBatch) throws IOException;

    /** The first record whose timestamp is at least {@code timestampMs}; it may lie above a high watermark. */
    Optional<TimestampedOffset> offsetForTimestamp(long timestampMs) throws IOException;

    /** The first record that has the greatest timestamp of all. */
    Optional<TimestampedOffset> offsetOfMaxTimestamp() throws IOException;

    /**
     * Completes when records below an offset may be acknowledged: at once, or with {@code flush=ack} when a shared sync has
     * covered them, on another thread. Fails if the sync did, and the directory is offline then.
     */
    CompletableFuture<Void> durable(long nextOffset);

    /**
     * Starts an epoch at the log end offset, when this broker becomes the leader.
     *
     * @throws IllegalArgumentException if the log has a later epoch
     */
    void beginEpoch(int leaderEpoch);

    /**
     * Truncates the log to end at {@code offset}, and drops the epochs that start there or later. If the offset is inside
     * a batch, the log ends before that batch.
     */
    void truncateTo(long offset, long nowMs) throws IOException;

    /** Drops everything and starts at an offset: for a follower whose leader's log starts after its own end. */
    void truncateFullyAndStartAt(long offset, long nowMs) throws IOException;

    /**
     * Moves the log start offset up (DeleteRecords). The next retention pass deletes the segments below.
     *
     * @throws OffsetOutOfRangeException if the offset is above the log end offset
     */
    void deleteRecordsBefore(long offset) throws IOException;
}
