package io.tailrace.log;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Appends batches to a log, and rolls its segments. Used under the log's append lock. */
final class LogAppender {
    private final Log log;
    private final LogContext context;

    LogAppender(Log log, LogContext context) {
        this.log = log;
        this.context = context;
    }

    /** Stamps and appends one batch; see {@link Log#appendVerified}. */
    AppendResult appendAsLeader(RecordBatch batch, ByteBuffer bytes, int leaderEpoch, long verification, long nowMs)
            throws IOException {
        AppendResult rejection = refusalOf(leaderEpoch);
        if (rejection == null) {
            rejection = log.state().producers().validate(batch, verification, log.logStartOffset());
        }
        return rejection == null ? stampAndAppend(batch, bytes, leaderEpoch, nowMs) : rejection;
    }

    /** Appends a marker; see {@link Log#appendMarker}. */
    AppendResult appendMarker(EndTransactionMarker marker, boolean raisesEpoch, int leaderEpoch, long nowMs)
            throws IOException {
        AppendResult rejection = refusalOf(leaderEpoch);
        if (rejection == null) {
            rejection = log.state().producers().validate(marker, raisesEpoch, log.logStartOffset(), log.logEndOffset());
        }
        if (rejection != null) {
            return rejection;
        }
        ByteBuffer bytes = marker.toBatch(nowMs);
        return stampAndAppend(RecordBatch.at(bytes), bytes, leaderEpoch, nowMs);
    }

    private AppendResult stampAndAppend(RecordBatch batch, ByteBuffer bytes, int leaderEpoch, long nowMs)
            throws IOException {
        batch.stamp(log.logEndOffset(), leaderEpoch);
        LeaderEpochs epochs = log.epochs().append(leaderEpoch, batch.baseOffset());
        return append(bytes, batch.baseOffset(), batch.lastOffset(), epochs, nowMs);
    }

    private @Nullable AppendResult refusalOf(int leaderEpoch) {
        int latestEpoch = log.epochs().latest();
        return leaderEpoch >= latestEpoch
                ? null
                : new AppendResult.Refused(
                        ErrorCode.NOT_LEADER_OR_FOLLOWER,
                        partition() + ": expected leader epoch " + latestEpoch + " or later, append is in "
                                + leaderEpoch);
    }

    /** Appends whole batches unchanged; see {@link Log#appendAsFollower}. */
    AppendResult appendAsFollower(ByteBuffer bytes, long nowMs) throws IOException {
        long firstOffset = -1;
        long nextOffset = log.logEndOffset();
        LeaderEpochs epochs = log.epochs();
        for (RecordBatch batch : RecordBatches.of(bytes)) {
            if (batch.baseOffset() < nextOffset || batch.nextOffset() <= batch.baseOffset()) {
                return new AppendResult.Refused(
                        ErrorCode.OFFSET_OUT_OF_RANGE,
                        partition() + ": expected offset " + nextOffset + " or later, leader sent " + batch);
            }
            int epochMin = Math.max(0, epochs.latest());
            if (batch.leaderEpoch() < epochMin) {
                return new AppendResult.Refused(
                        ErrorCode.CORRUPT_MESSAGE,
                        partition() + ": expected leader epoch " + epochMin + " or later, leader sent epoch "
                                + batch.leaderEpoch() + " in " + batch);
            }
            epochs = epochs.append(batch.leaderEpoch(), batch.baseOffset());
            firstOffset = firstOffset < 0 ? batch.baseOffset() : firstOffset;
            nextOffset = batch.nextOffset();
        }
        return firstOffset < 0
                ? new AppendResult.Appended(nextOffset, nextOffset, log.logStartOffset())
                : append(bytes, firstOffset, nextOffset - 1, epochs, nowMs);
    }

    /** Writes whole, stamped batches. */
    private AppendResult append(ByteBuffer bytes, long firstOffset, long lastOffset, LeaderEpochs epochs, long nowMs)
            throws IOException {
        if (!context.guard().admits(bytes.remaining()) || !write(bytes, firstOffset, lastOffset, nowMs)) {
            return new AppendResult.Refused(ErrorCode.KAFKA_STORAGE_ERROR, partition() + ": the disk is full");
        }
        LogState state = log.state();
        Segment active = state.segments().last();
        for (RecordBatch batch : RecordBatches.of(bytes)) {
            AbortedTransaction aborted = state.producers().add(batch, nowMs);
            if (aborted != null) {
                active.transactions().append(aborted);
            }
        }
        log.replaceEpochs(epochs);
        log.appended(new LogEnd(lastOffset + 1, active, active.sizeInBytes()));
        return new AppendResult.Appended(firstOffset, lastOffset + 1, log.logStartOffset());
    }

    /** Writes to the active segment or a new one. Returns false, with nothing written, if the disk is full. */
    private boolean write(ByteBuffer bytes, long firstOffset, long lastOffset, long nowMs) throws IOException {
        Segment active = log.state().segments().last();
        long endOffset = log.logEndOffset();
        try {
            LogConfig.Roll limits = log.config().roll();
            boolean isAged = !active.isEmpty()
                    && nowMs - active.createdMs() >= log.config().activeAgeMsMax(partition(), active.baseOffset());
            if (isAged || !active.hasRoomFor(bytes.remaining(), lastOffset, limits)) {
                // There is no gap between segments, so that recovery notices a missing one.
                boolean fits = lastOffset - endOffset <= Integer.MAX_VALUE;
                active = roll(fits ? endOffset : firstOffset, nowMs);
            }
            active.append(bytes, limits.indexIntervalBytes(), nowMs);
            return true;
        } catch (IOException e) {
            if (FailureScope.of(e, context.config().path()) == FailureScope.SPACE) {
                context.guard().ranOut();
                return false;
            }
            throw e;
        }
    }

    /** Closes the active segment and starts the next one. */
    Segment roll(long baseOffset, long nowMs) throws IOException {
        LogState state = log.state();
        state.segments().last().indexes().complete();
        Segment fresh = Segment.create(context.disk(), state.directory(), baseOffset, nowMs);
        log.rolled(state.segments().plus(fresh), fresh);
        log.flusher().afterRoll(baseOffset, state.producers().snapshot().encode());
        return fresh;
    }

    private TopicPartition partition() {
        return log.partition();
    }
}
