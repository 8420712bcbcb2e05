package io.tailrace.groups.rebalance;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.ClassicMember;
import io.tailrace.groups.ClassicMemberState;
import io.tailrace.groups.ClassicMemberState.Joining;
import io.tailrace.groups.ClassicMemberState.Syncing;
import io.tailrace.groups.InitialDelay;
import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.List;
import java.util.Map;

/**
 * How a group of the classic protocol gets from one generation to the next. The transitions are those of
 * {@link ClassicGroupState}.
 *
 * <pre>
 *   prepare        syncs that wait are answered REBALANCE_IN_PROGRESS; the join timer starts.
 *     │            Heartbeats are answered the same; the members send JoinGroup, which waits
 *   completeJoin   all have joined, or the join timer has expired: the others are removed and joins are answered;
 *     │            the sync timer starts. The members send SyncGroup, which waits for the leader's
 *   assign         the leader's SyncGroup: the generation is stored and syncs are answered
 * </pre>
 */
public final class Rebalance {
    private Rebalance() {}

    /** A new member has joined. */
    public static void memberJoined(ClassicDecision decision) {
        ClassicGroup group = decision.group();
        InitialDelay delay = group.initialDelay();
        if (delay != null) {
            int delayMs = decision.settings().initialRebalanceDelayMs();
            InitialDelay extended = delay.extended(delayMs, decision.nowMs());
            decision.become(group.with(extended));
            decision.start(new JoinTimeout(group.groupId()), Math.min(delayMs, extended.remainingMs()));
        }
        membersChanged(decision);
    }

    /** A member has joined again, changed or left. */
    public static void membersChanged(ClassicDecision decision) {
        if (decision.group().state() == ClassicGroupState.PREPARING_REBALANCE) {
            completeIfAllJoined(decision);
        } else {
            prepare(decision);
        }
    }

    /** Starts a rebalance. */
    public static void prepare(ClassicDecision decision) {
        ClassicGroup group = decision.group();
        decision.stop(new SyncTimeout(group.groupId(), group.generation().id()));
        int delayMs = decision.settings().initialRebalanceDelayMs();
        if (group.state() == ClassicGroupState.EMPTY && delayMs > 0) {
            int delayMsMax = Math.max(delayMs, group.members().rebalanceTimeoutMs());
            decision.become(group.preparing(new InitialDelay(delayMsMax, decision.nowMs()), decision.nowMs()));
            decision.start(new JoinTimeout(group.groupId()), delayMs);
            return;
        }
        decision.become(group.with(group.members().each(member -> syncInterrupted(decision, member)))
                .preparing(null, decision.nowMs()));
        if (isComplete(decision.group())) {
            completeJoin(decision);
        } else {
            decision.start(new JoinTimeout(group.groupId()), group.members().rebalanceTimeoutMs());
        }
    }

    private static ClassicMember syncInterrupted(ClassicDecision decision, ClassicMember member) {
        if (!(member.state() instanceof Syncing)) {
            return member;
        }
        decision.answerWaiting(member, ErrorCode.REBALANCE_IN_PROGRESS);
        decision.expectHeartbeat(member);
        return member.with(ClassicMemberState.JOINED);
    }

    /** Completes the join phase if it no longer waits for any member. */
    public static void completeIfAllJoined(ClassicDecision decision) {
        ClassicGroup group = decision.group();
        if (group.state() == ClassicGroupState.PREPARING_REBALANCE && isComplete(group)) {
            completeJoin(decision);
        }
    }

    /** The initial delay is cut short only if no member is left. */
    private static boolean isComplete(ClassicGroup group) {
        return group.members().isEmpty()
                || (group.initialDelay() == null && group.members().allJoining());
    }

    /** Starts the next generation with the members that have joined, and with static members that have not. */
    static void completeJoin(ClassicDecision decision) {
        for (ClassicMember member : List.copyOf(decision.group().members().all())) {
            if (!member.isJoining() && !member.isStatic()) {
                decision.remove(member);
            }
        }
        ClassicGroup group = decision.group();
        JoinTimeout timer = new JoinTimeout(group.groupId());
        if (group.members().isEmpty()) {
            decision.stop(timer);
            decision.become(group.emptied(decision.nowMs()));
            decision.store();
        } else if (group.members().joining() == 0) {
            // Only static members are left, and all of them are away: waits until one joins or their sessions expire.
            decision.start(timer, group.members().rebalanceTimeoutMs());
        } else {
            decision.stop(timer);
            startGeneration(decision, group.completing(decision.nowMs()));
        }
    }

    private static void startGeneration(ClassicDecision decision, ClassicGroup group) {
        decision.become(group.with(group.members().each(member -> {
            if (member.state() instanceof Joining joining) {
                decision.reply(joining.ticket(), JoinAnswers.joined(group, member.memberId()));
                decision.expectHeartbeat(member);
            }
            return member.with(ClassicMemberState.JOINED);
        })));
        decision.start(
                new SyncTimeout(group.groupId(), group.generation().id()),
                group.members().rebalanceTimeoutMs());
    }

    /** The leader has sent the assignment. Members that wait for it are answered. */
    public static void assign(ClassicDecision decision, Map<String, Bytes> assignments) {
        ClassicGroup group = decision.group().assigned(assignments, decision.nowMs());
        decision.become(group.with(group.members().each(member -> {
            if (!(member.state() instanceof Syncing syncing)) {
                return member;
            }
            decision.reply(syncing.ticket(), new SyncGroupResponse(0, ErrorCode.NONE, member.assignment()));
            decision.expectHeartbeat(member);
            return member.with(ClassicMemberState.SYNCED);
        })));
        decision.store();
    }
}
