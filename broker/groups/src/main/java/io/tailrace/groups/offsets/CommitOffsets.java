package io.tailrace.groups.offsets;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicMember;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.OffsetCaller;
import io.tailrace.groups.rebalance.SessionTimeout;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Ticket;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Commits offsets of a member, or, if the group has no members, of a consumer that assigns its own partitions. Each partition has
 * its own result: one that is refused does not stop the others.
 *
 * @param request the request
 * @param version its version
 */
public record CommitOffsets(OffsetCommitRequest request, short version)
        implements Operation<GroupsShard, OffsetCommitResponse> {
    /** The first version whose callers may be members of the consumer protocol (KIP-848). */
    private static final short FIRST_WITH_MEMBER_EPOCH = 9;

    private static final long RETENTION_OF_BROKER = -1;

    @Override
    public Decision<GroupsShard> decide(GroupsShard state, Ticket<OffsetCommitResponse> ticket, long nowMs) {
        Group group = state.groups().get(request.groupId());
        OffsetCaller caller =
                new OffsetCaller(request.memberId(), request.groupInstanceId(), request.generationIdOrMemberEpoch());
        ErrorCode groupError = groupError(group, caller);
        if (groupError != ErrorCode.NONE) {
            return Decision.reply(ticket, refused(groupError));
        }
        Decision.Builder<GroupsShard> decision = new Decision.Builder<>();
        extendSession(group, decision, nowMs);
        List<OffsetCommitResponse.Topic> results = offsets().append(state, caller, expiresAtMs(nowMs), decision, nowMs);
        return decision.reply(ticket, new OffsetCommitResponse(0, results)).build();
    }

    private OffsetsToCommit offsets() {
        return new OffsetsToCommit(request.groupId(), request.topics());
    }

    private long expiresAtMs(long nowMs) {
        long retentionMs = request.retentionTimeMs();
        return retentionMs < 0 ? RETENTION_OF_BROKER : nowMs + Math.min(retentionMs, Long.MAX_VALUE - nowMs);
    }

    private ErrorCode groupError(@Nullable Group group, OffsetCaller caller) {
        if (group != null) {
            return group.commitError(caller);
        }
        if (caller.generationOrEpoch() < 0) {
            return ErrorCode.NONE; // Some clients name an instance although they assign their own partitions.
        }
        return version >= FIRST_WITH_MEMBER_EPOCH ? ErrorCode.UNKNOWN_MEMBER_ID : ErrorCode.ILLEGAL_GENERATION;
    }

    /** A commit shows that the client is alive: some clients send no heartbeats while they are busy. */
    private void extendSession(@Nullable Group group, Decision.Builder<GroupsShard> decision, long nowMs) {
        if (group instanceof ClassicGroup classic) {
            ClassicMember member = classic.members().get(request.memberId());
            if (member != null) {
                decision.renew(
                        new SessionTimeout(request.groupId(), request.memberId()),
                        nowMs + member.details().sessionTimeoutMs());
            }
        }
    }

    @Override
    public OffsetCommitResponse refused(ErrorCode error) {
        return new OffsetCommitResponse(0, offsets().refused(error));
    }
}
