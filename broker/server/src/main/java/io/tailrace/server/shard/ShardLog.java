package io.tailrace.server.shard;

import io.tailrace.log.AppendResult;
import io.tailrace.log.ReplicaLog;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatchBuilder;
import io.tailrace.replication.Leader;
import io.tailrace.server.partition.LeaderWrite;
import io.tailrace.server.partition.Partition;
import io.tailrace.shard.Decision;
import io.tailrace.shard.StoredRecord;
import io.tailrace.shard.TransactionPart;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The log of a shard: its partition, in the leader epoch that the shard was loaded for. Confined to the shard; reports of the
 * partition are handed over.
 */
final class ShardLog {
    private final Partition partition;
    private final int leaderEpoch;
    private final Runnable onNews;

    /** How the wait for acknowledgements ended, until the shard takes it. */
    private final AtomicReference<@Nullable ErrorCode> outcome = new AtomicReference<>();

    private boolean waits;
    private volatile boolean syncs;
    /** The end of the records that the last awaited sync covered (exclusive). */
    private volatile long durableEnd;

    private long committedEnd;

    /** @param onNews called on any thread, also under the partition's lock, when there is more to learn from this */
    ShardLog(Partition partition, int leaderEpoch, Runnable onNews) {
        this.partition = partition;
        this.leaderEpoch = leaderEpoch;
        this.onNews = onNews;
    }

    Partition partition() {
        return partition;
    }

    /** Whether this broker still leads in the shard's epoch, so that it may answer from the shard's state. */
    boolean leads() {
        return partition.leadershipIn(leaderEpoch) instanceof Leader;
    }

    /**
     * Appends the records of a decision as one batch, or its marker.
     *
     * @param expectedOffset where the log must end; refused with {@code OFFSET_OUT_OF_RANGE} if it ends elsewhere
     */
    ShardAppend append(Decision<?> decision, long expectedOffset, long nowMs) {
        List<StoredRecord> records = decision.records();
        TransactionPart transaction = decision.transaction();
        if (transaction instanceof TransactionPart.End end) {
            return append(new LeaderWrite.Marker(end.marker(), end.raisesEpoch()), 1, expectedOffset);
        }
        if (records.isEmpty()) {
            return new ShardAppend.Done(0);
        }
        int bytesMax = partition.settings().messageBytesMax();
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, bytesMax);
        for (StoredRecord record : records) {
            ByteBuffer value = record.value();
            if (!builder.append(nowMs, bytes(record.key()), value == null ? null : bytes(value), List.of())) {
                return new ShardAppend.Refused(ErrorCode.MESSAGE_TOO_LARGE);
            }
        }
        long verification = ReplicaLog.NOT_VERIFIED;
        if (transaction instanceof TransactionPart.Records part) {
            builder.producer(part.producerId(), part.producerEpoch(), RecordBatch.NO_SEQUENCE);
            builder.transactional();
            verification = part.verification().orElse(ReplicaLog.NOT_VERIFIED);
        }
        ByteBuffer batch = builder.build();
        return batch.remaining() > bytesMax
                ? new ShardAppend.Refused(ErrorCode.MESSAGE_TOO_LARGE)
                : append(new LeaderWrite.Batch(batch, verification), records.size(), expectedOffset);
    }

    private ShardAppend append(LeaderWrite write, int offsets, long expectedOffset) {
        AppendResult result =
                partition.appendAt(expectedOffset, write, leaderEpoch).result();
        if (result instanceof AppendResult.Appended) {
            return new ShardAppend.Done(offsets);
        }
        if (result instanceof AppendResult.Unverified unverified) {
            return new ShardAppend.Unverified(unverified.verification());
        }
        if (result instanceof AppendResult.Refused refused) {
            return new ShardAppend.Refused(coordinatorError(refused.error()));
        }
        return write instanceof LeaderWrite.Marker
                ? new ShardAppend.Done(0)
                : new ShardAppend.Refused(ErrorCode.UNKNOWN_SERVER_ERROR);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }

    /**
     * Everything below this offset is committed (exclusive): below the high watermark and, if the topic asks for that, on this
     * broker's disk. Empty if this broker may not answer for the shard now.
     */
    OptionalLong committedEnd() {
        if (!(partition.leadershipIn(leaderEpoch) instanceof Leader leader)) {
            return OptionalLong.empty();
        }
        committedEnd = Math.max(committedEnd, durableEnd);
        long highWatermark = leader.log().highWatermark();
        if (highWatermark > committedEnd && !syncs) {
            CompletableFuture<Void> durable = partition.durable(highWatermark);
            if (!durable.isDone()) {
                syncs = true;
                var unused = durable.whenComplete((done, failure) -> {
                    if (failure == null) {
                        durableEnd = highWatermark;
                    }
                    syncs = false;
                    onNews.run();
                });
            } else if (!durable.isCompletedExceptionally()) {
                committedEnd = highWatermark;
            }
        }
        return OptionalLong.of(committedEnd);
    }

    /** Whether a wait has not ended yet. */
    boolean expectsNews() {
        return waits || syncs;
    }

    /**
     * Returns at once. News comes when everything below {@code offset} has been acknowledged, or will not be. Has no effect
     * during an earlier wait.
     */
    void askForNews(long offset) {
        if (!expectsNews()) {
            waits = true;
            partition.awaitAcks(offset, leaderEpoch, error -> {
                outcome.set(error);
                onNews.run();
            });
        }
    }

    /**
     * Takes the outcome of a wait: {@code NONE}, or the error of a coordinator that does not know it. Null if no wait has ended.
     */
    @Nullable
    ErrorCode takeOutcome() {
        ErrorCode ended = outcome.getAndSet(null);
        if (ended == null) {
            return null;
        }
        waits = false;
        return coordinatorError(ended);
    }

    /** The error that clients of a coordinator get when its own log fails. */
    static ErrorCode coordinatorError(ErrorCode error) {
        return switch (error) {
            case NONE,
                    OFFSET_OUT_OF_RANGE,
                    MESSAGE_TOO_LARGE,
                    INVALID_PRODUCER_EPOCH,
                    INVALID_TXN_STATE,
                    TRANSACTION_COORDINATOR_FENCED -> error;
            case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR, FENCED_LEADER_EPOCH -> ErrorCode.NOT_COORDINATOR;
            case NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS_AFTER_APPEND, REQUEST_TIMED_OUT ->
                ErrorCode.COORDINATOR_NOT_AVAILABLE;
            default -> ErrorCode.UNKNOWN_SERVER_ERROR;
        };
    }
}
