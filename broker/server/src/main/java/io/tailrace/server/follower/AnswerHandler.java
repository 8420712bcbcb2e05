package io.tailrace.server.follower;

import io.tailrace.log.AppendResult;
import io.tailrace.protocol.EpochEnd;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FetchResponse.EpochEndOffset;
import io.tailrace.replication.Event;
import io.tailrace.server.partition.LeaderAnswer;
import io.tailrace.server.partition.Partition;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands a leader's answers to the partitions that follow it, each under its own lock. Confined to one fetcher's thread. */
final class AnswerHandler {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerHandler.class);

    /** Errors of leaders while leadership moves: not worth a warning. */
    private static final Set<ErrorCode> PASSING = EnumSet.of(
            ErrorCode.NOT_LEADER_OR_FOLLOWER,
            ErrorCode.FENCED_LEADER_EPOCH,
            ErrorCode.UNKNOWN_LEADER_EPOCH,
            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);

    private final int leader;
    private final CopyThrottle throttle;
    private final LongSupplier steadyMs;

    AnswerHandler(int leader, CopyThrottle throttle, LongSupplier steadyMs) {
        this.leader = leader;
        this.throttle = throttle;
        this.steadyMs = steadyMs;
    }

    /** Returns false if the partition should pause. A failure in one partition's answer does not affect the other partitions. */
    boolean takeOrPause(FetchState state, FetchResponse.Partition answer) {
        try {
            return take(state, answer);
        } catch (RuntimeException e) {
            if (state.warn()) {
                LOG.error(
                        "Partition is not copied, its leader's answer cannot be handled; other partitions go on:"
                                + " {}, leader broker {}",
                        state.partition().id(),
                        leader,
                        e);
            }
            return false;
        }
    }

    /** Hands the answer to the partition; false if the partition should pause. */
    private boolean take(FetchState state, FetchResponse.Partition answer) {
        Partition partition = state.partition();
        int epoch = state.leaderEpoch();
        if (answer.errorCode() == ErrorCode.OFFSET_OUT_OF_RANGE) {
            partition.handle(new Event.FellBehind(epoch, answer.logStartOffset()));
            return false;
        }
        if (answer.errorCode() != ErrorCode.NONE) {
            logRefused(state, answer.errorCode());
            return false;
        }
        EpochEndOffset diverging = answer.divergingEpoch();
        if (!diverging.equals(EpochEndOffset.NONE)) {
            LOG.info(
                    "Log diverges from its leader's and is truncated: {}, leader broker {}: {}",
                    partition.id(),
                    leader,
                    diverging);
            partition.handle(new Event.Diverged(epoch, new EpochEnd(diverging.epoch(), diverging.endOffset())));
            return true;
        }
        state.leaderHighWatermark(answer.highWatermark());
        RecordsPayload records = answer.records() == null ? RecordsPayload.EMPTY : answer.records();
        throttle.copied(partition, records.sizeInBytes(), steadyMs.getAsLong());
        LeaderAnswer sent = new LeaderAnswer(epoch, records.buffer(), answer.highWatermark(), answer.logStartOffset());
        AppendResult.Refused refused = partition.copy(sent).orElse(null);
        if (refused != null && state.warn()) {
            LOG.warn(
                    "Partition is not copied, what its leader sent is refused; trying again, other partitions go on:"
                            + " {} at offset {}, leader broker {}: {}",
                    partition.id(),
                    endOffset(state),
                    leader,
                    refused.reason());
        }
        return refused == null;
    }

    private void logRefused(FetchState state, ErrorCode error) {
        if (PASSING.contains(error)) {
            LOG.debug(
                    "broker {} refuses {} in epoch {}: {}",
                    leader,
                    state.partition().id(),
                    state.leaderEpoch(),
                    error);
        } else if (state.warn()) {
            LOG.warn(
                    "Partition is not copied, its leader cannot read it; trying again, other partitions go on:"
                            + " {} at offset {}, see the log of leader broker {}: {}",
                    state.partition().id(),
                    endOffset(state),
                    leader,
                    error);
        }
    }

    private static long endOffset(FetchState state) {
        return state.partition().replica().log().endOffset();
    }
}
