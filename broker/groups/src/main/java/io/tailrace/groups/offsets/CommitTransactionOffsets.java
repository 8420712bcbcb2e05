package io.tailrace.groups.offsets;

import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.OffsetCaller;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.TxnOffsetCommitRequest;
import io.tailrace.protocol.message.TxnOffsetCommitResponse;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Ticket;
import io.tailrace.shard.TransactionPart;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Commits offsets of a group in a transaction. They are pending until a marker ends it: {@link EndOffsetsTransaction}.
 *
 * <p>Members are checked as for other commits if the request names one. Old clients name none, and may commit although the group
 * has members: only the transaction's producer is fenced then.
 *
 * @param request the request
 * @param version its version
 * @param verification as in {@link TransactionPart.Records}
 */
public record CommitTransactionOffsets(TxnOffsetCommitRequest request, short version, OptionalLong verification)
        implements Operation<GroupsShard, CommitTransactionOffsets.Answer> {
    /** Older clients take {@code COORDINATOR_LOAD_IN_PROGRESS} for a fatal error (KAFKA-7296). */
    private static final short FIRST_THAT_WAITS_FOR_LOADING = 2;

    private static final long RETENTION_OF_BROKER = -1;

    /** The outcome. */
    public sealed interface Answer {
        /** The answer to the client. */
        record Results(TxnOffsetCommitResponse response) implements Answer {}

        /** The coordinator of the transaction must be asked first: {@link Operation#unverified}. */
        record Unverified(long verification) implements Answer {}
    }

    @Override
    public Decision<GroupsShard> decide(GroupsShard state, Ticket<Answer> ticket, long nowMs) {
        OffsetCaller caller = new OffsetCaller(request.memberId(), request.groupInstanceId(), request.generationId());
        ErrorCode error = groupError(state.groups().get(request.groupId()), caller);
        if (error != ErrorCode.NONE) {
            return Decision.reply(ticket, refused(error));
        }
        Decision.Builder<GroupsShard> decision = new Decision.Builder<>();
        List<OffsetCommitResponse.Topic> results =
                offsets().append(state, caller, RETENTION_OF_BROKER, decision, nowMs).stream()
                        .map(CommitTransactionOffsets::shown)
                        .toList();
        return decision.transaction(
                        new TransactionPart.Records(request.producerId(), request.producerEpoch(), verification))
                .reply(ticket, answer(results))
                .build();
    }

    private static ErrorCode groupError(@Nullable Group group, OffsetCaller caller) {
        if (group == null) {
            return caller.generationOrEpoch() < 0 ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
        }
        ErrorCode error = caller.isMember() ? group.commitError(caller) : ErrorCode.NONE;
        // Between two generations, the members are known and may end what they have begun.
        return error == ErrorCode.REBALANCE_IN_PROGRESS ? ErrorCode.NONE : shown(error);
    }

    /** Clients do not know the errors of member epochs in this request. */
    private static ErrorCode shown(ErrorCode error) {
        return error == ErrorCode.STALE_MEMBER_EPOCH ? ErrorCode.ILLEGAL_GENERATION : error;
    }

    private static OffsetCommitResponse.Topic shown(OffsetCommitResponse.Topic topic) {
        return new OffsetCommitResponse.Topic(
                topic.name(),
                topic.partitions().stream()
                        .map(each -> new OffsetCommitResponse.Partition(each.partitionIndex(), shown(each.errorCode())))
                        .toList());
    }

    private OffsetsToCommit offsets() {
        return new OffsetsToCommit(
                request.groupId(),
                request.topics().stream()
                        .map(topic -> new OffsetCommitRequest.Topic(
                                topic.name(),
                                topic.partitions().stream()
                                        .map(CommitTransactionOffsets::partition)
                                        .toList()))
                        .toList());
    }

    private static OffsetCommitRequest.Partition partition(TxnOffsetCommitRequest.Partition each) {
        return new OffsetCommitRequest.Partition(
                each.partitionIndex(), each.committedOffset(), each.committedLeaderEpoch(), each.committedMetadata());
    }

    private static Answer answer(List<OffsetCommitResponse.Topic> results) {
        return new Answer.Results(new TxnOffsetCommitResponse(0, results));
    }

    @Override
    public Answer refused(ErrorCode error) {
        boolean isLoading = error == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
        ErrorCode shown =
                isLoading && version < FIRST_THAT_WAITS_FOR_LOADING ? ErrorCode.COORDINATOR_NOT_AVAILABLE : error;
        return answer(offsets().refused(shown));
    }

    @Override
    public Answer unverified(long found) {
        return new Answer.Unverified(found);
    }
}
