package io.tailrace.groups.rebalance;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicGroupRecord;
import io.tailrace.groups.ClassicMember;
import io.tailrace.groups.ClassicMemberState.Joining;
import io.tailrace.groups.ClassicMemberState.Syncing;
import io.tailrace.groups.ClassicSettings;
import io.tailrace.groups.GroupsShard;
import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.SyncGroupResponse;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Ticket;
import io.tailrace.shard.Timeout;

/**
 * Builds a decision about one group of the classic protocol: the group as it will be, and everything else that happens. Not
 * thread-safe.
 */
public final class ClassicDecision {
    private final GroupsShard state;
    private final long nowMs;
    private final Decision.Builder<GroupsShard> decision = new Decision.Builder<>();
    private ClassicGroup group;
    private boolean isChanged;

    /** @param group the group as it is, or an {@linkplain ClassicGroup#empty empty} one that the shard does not have yet */
    public ClassicDecision(GroupsShard state, ClassicGroup group, long nowMs) {
        this.state = state;
        this.nowMs = nowMs;
        this.group = group;
    }

    /** The group as decided so far. */
    public ClassicGroup group() {
        return group;
    }

    /** The settings. */
    public ClassicSettings settings() {
        return state.settings().classic();
    }

    /** The time of the decision. */
    public long nowMs() {
        return nowMs;
    }

    /** Replaces the group as decided so far. */
    public void become(ClassicGroup next) {
        group = next;
        isChanged = true;
    }

    /** Stores the group as decided so far, which is stable or empty. */
    public void store() {
        decision.append(ClassicGroupRecord.of(group));
    }

    /** Answers a request. */
    public <A> void reply(Ticket<A> ticket, A answer) {
        decision.reply(ticket, answer);
    }

    /** Starts or moves a timer. */
    public void start(Timeout<GroupsShard> timer, long afterMs) {
        decision.start(timer, nowMs + afterMs);
    }

    /** Stops a timer. */
    public void stop(Timeout<GroupsShard> timer) {
        decision.stop(timer);
    }

    /** A member has been heard from: restarts its session timeout. */
    public void expectHeartbeat(ClassicMember member) {
        decision.renew(
                new SessionTimeout(group.groupId(), member.memberId()),
                nowMs + member.details().sessionTimeoutMs());
    }

    /** Answers the request of a member that waits, if one does. The caller changes the member's state. */
    public void answerWaiting(ClassicMember member, ErrorCode error) {
        if (member.state() instanceof Joining joining) {
            reply(joining.ticket(), JoinAnswers.error(member.memberId(), error));
        } else if (member.state() instanceof Syncing syncing) {
            reply(syncing.ticket(), new SyncGroupResponse(0, error, Bytes.EMPTY));
        }
    }

    /** Removes a member. If its request is waiting, the answer makes the client join as a new member. */
    public void remove(ClassicMember member) {
        stop(new SessionTimeout(group.groupId(), member.memberId()));
        answerWaiting(member, ErrorCode.UNKNOWN_MEMBER_ID);
        become(group.leftBy(member.memberId()));
    }

    /** The whole decision. */
    public Decision<GroupsShard> build() {
        ClassicGroup after = group;
        if (after.isVacant()) {
            decision.change(shard -> shard.groups().remove(after.groupId()));
        } else if (isChanged) {
            decision.change(shard -> shard.groups().put(after.groupId(), after));
        }
        return decision.build();
    }
}
