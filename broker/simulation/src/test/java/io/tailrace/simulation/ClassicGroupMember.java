package io.tailrace.simulation;

import io.tailrace.groups.classic.Heartbeat;
import io.tailrace.groups.classic.JoinGroup;
import io.tailrace.groups.classic.LeaveGroup;
import io.tailrace.groups.classic.SyncGroup;
import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.codec.ConsumerProtocol;
import io.tailrace.protocol.group.ConsumerProtocolAssignment;
import io.tailrace.protocol.group.ConsumerProtocolSubscription;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** A member of the classic protocol. An eager one gives everything up before it joins, a cooperative one what it must. */
final class ClassicGroupMember extends GroupMember {
    private static final short COMMIT_VERSION = 8;
    private static final short PROTOCOL_VERSION = 3;

    private enum Phase {
        MUST_JOIN,
        JOINING,
        SYNCING,
        STABLE
    }

    private final boolean isCooperative;
    private Phase phase = Phase.MUST_JOIN;
    private long nextHeartbeatMs;
    private boolean heartbeatAwaited;
    /** It joined with partitions that it has no more. */
    private boolean hasMissed;

    ClassicGroupMember(SimulatedGroups groups, MemberMachine machine, boolean isCooperative) {
        super(groups, machine);
        this.isCooperative = isCooperative;
        epoch = -1;
    }

    @Override
    short commitVersion() {
        return COMMIT_VERSION;
    }

    @Override
    boolean namesItself() {
        return false;
    }

    @Override
    void step() {
        boolean isBetween = phase == Phase.JOINING || phase == Phase.SYNCING;
        if (phase == Phase.MUST_JOIN && !isBusy()) {
            join();
        } else if (!isBetween && epoch >= 0 && !heartbeatAwaited && cluster.timeline.nowMs() >= nextHeartbeatMs) {
            heartbeat();
        }
    }

    private void join() {
        if (!isCooperative) {
            giveUp(owned());
        }
        phase = Phase.JOINING;
        tell("joins with " + owned());
        JoinGroup join = new JoinGroup(
                new JoinGroupRequest(
                        GROUP,
                        SimulatedGroups.SESSION_MS,
                        REBALANCE_MS,
                        memberId,
                        instanceId,
                        "consumer",
                        List.of(new JoinGroupRequest.Protocol(
                                isCooperative ? "cooperative-sticky" : "range", subscription()))),
                true,
                groups.newId(),
                client());
        ask(submitting(join), true, REBALANCE_MS + TIMEOUT_MS, this::joined, () -> phase = Phase.MUST_JOIN);
    }

    private Bytes subscription() {
        List<ConsumerProtocolSubscription.Topic> had = owned().isEmpty()
                ? List.of()
                : List.of(new ConsumerProtocolSubscription.Topic(ReadTopic.NAME, List.copyOf(owned())));
        return ConsumerProtocol.encode(
                new ConsumerProtocolSubscription(List.of(ReadTopic.NAME), null, had, epoch, null), PROTOCOL_VERSION);
    }

    private void joined(JoinGroupResponse answer) {
        if (answer.errorCode() == ErrorCode.NONE) {
            memberId = answer.memberId();
            if (instanceId != null && answer.generationId() > epoch + 1) {
                // Only a static member can miss a generation, in which others may have got its partitions.
                lose();
                hasMissed = true;
            }
            epoch = answer.generationId();
            sync(lead(answer));
        } else if (answer.errorCode() == ErrorCode.MEMBER_ID_REQUIRED) {
            memberId = answer.memberId();
            phase = Phase.MUST_JOIN;
        } else {
            failed(answer.errorCode());
        }
    }

    /** As leader, gives each member its share, except what another one has not given up. */
    private List<SyncGroupRequest.Assignment> lead(JoinGroupResponse answer) {
        if (!answer.leader().equals(memberId)) {
            return List.of();
        }
        SortedMap<String, Set<Integer>> had = new TreeMap<>();
        for (JoinGroupResponse.Member member : answer.members()) {
            Set<Integer> partitions = new TreeSet<>();
            ConsumerProtocol.subscription(member.metadata())
                    .ownedPartitions()
                    .forEach(ofTopic -> partitions.addAll(ofTopic.partitions()));
            had.put(member.memberId(), partitions);
        }
        List<String> members = List.copyOf(had.keySet());
        List<SyncGroupRequest.Assignment> assignments = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            String member = members.get(i);
            int remainder = i;
            List<Integer> given = groups.topic.indexes().stream()
                    .filter(partition -> partition % members.size() == remainder)
                    .filter(partition -> had.entrySet().stream()
                            .allMatch(other -> other.getKey().equals(member)
                                    || !other.getValue().contains(partition)))
                    .toList();
            assignments.add(new SyncGroupRequest.Assignment(
                    member,
                    ConsumerProtocol.encode(
                            new ConsumerProtocolAssignment(
                                    List.of(new ConsumerProtocolAssignment.Topic(ReadTopic.NAME, given)), null),
                            PROTOCOL_VERSION)));
        }
        return assignments;
    }

    private void sync(List<SyncGroupRequest.Assignment> assignments) {
        phase = Phase.SYNCING;
        tell("syncs");
        SyncGroup sync = new SyncGroup(new SyncGroupRequest(GROUP, epoch, memberId, instanceId, assignments));
        ask(submitting(sync), true, REBALANCE_MS + TIMEOUT_MS, this::synced, () -> phase = Phase.MUST_JOIN);
    }

    private void synced(SyncGroupResponse answer) {
        if (answer.errorCode() != ErrorCode.NONE) {
            failed(answer.errorCode());
            return;
        }
        Set<Integer> given = new TreeSet<>();
        if (answer.assignment().size() > 0) {
            ConsumerProtocol.assignment(answer.assignment())
                    .assignedPartitions()
                    .forEach(ofTopic -> given.addAll(ofTopic.partitions()));
        }
        tell("is assigned " + given);
        boolean gaveUp = hasMissed || !given.containsAll(owned());
        hasMissed = false;
        take(given);
        phase = gaveUp ? Phase.MUST_JOIN : Phase.STABLE;
    }

    private void heartbeat() {
        heartbeatAwaited = true;
        nextHeartbeatMs = cluster.timeline.nowMs() + SimulatedGroups.HEARTBEAT_MS;
        Heartbeat heartbeat = new Heartbeat(new HeartbeatRequest(GROUP, epoch, memberId, instanceId));
        ask(
                submitting(heartbeat),
                true,
                TIMEOUT_MS,
                answer -> {
                    heartbeatAwaited = false;
                    if (answer.errorCode() != ErrorCode.NONE && phase == Phase.STABLE) {
                        failed(answer.errorCode());
                    }
                },
                () -> heartbeatAwaited = false);
    }

    private void failed(ErrorCode error) {
        tell("is answered " + error);
        if (isOfCoordinator(error)) {
            refresh();
            // A member that has an assignment goes on with it.
            phase = phase == Phase.STABLE ? Phase.STABLE : Phase.MUST_JOIN;
            return;
        }
        switch (error) {
            case FENCED_INSTANCE_ID -> fenced();
            case UNKNOWN_MEMBER_ID -> {
                memberId = "";
                epoch = -1;
                lose();
            }
            case ILLEGAL_GENERATION -> {
                epoch = -1;
                lose();
            }
            default -> {}
        }
        phase = Phase.MUST_JOIN;
    }

    @Override
    void leave() {
        giveUp(owned());
        if (!knowsLeader()) {
            return;
        }
        LeaveGroup leave = new LeaveGroup(
                new LeaveGroupRequest(GROUP, "", List.of(new LeaveGroupRequest.Member(memberId, instanceId))), true);
        ask(submitting(leave), true, TIMEOUT_MS, answer -> {}, () -> {});
    }
}
