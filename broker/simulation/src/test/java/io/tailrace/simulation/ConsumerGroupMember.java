package io.tailrace.simulation;

import io.tailrace.groups.consumer.ConsumerGroupHeartbeat;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A member of the consumer protocol. It gives up what it must before it reports that. */
final class ConsumerGroupMember extends GroupMember {
    private static final short VERSION = 1;
    private static final short COMMIT_VERSION = 9;
    private static final int LEAVE_EPOCH = -1;
    private static final int LEAVE_STATIC_EPOCH = -2;

    private @Nullable Set<Integer> received;
    private @Nullable Set<Integer> reported;
    private boolean sendsAll = true;
    private boolean isAwaited;
    private long nextHeartbeatMs;

    ConsumerGroupMember(SimulatedGroups groups, MemberMachine machine) {
        super(groups, machine);
        memberId = "m" + groups.newId().getLeastSignificantBits();
    }

    @Override
    short commitVersion() {
        return COMMIT_VERSION;
    }

    @Override
    boolean namesItself() {
        return true;
    }

    @Override
    void step() {
        if (received != null && !isBusy()) {
            take(received);
            received = null;
            // It reports what it has even if it had that before.
            reported = null;
        }
        boolean hasNews = reported == null && received == null;
        if (!isAwaited && (hasNews || cluster.timeline.nowMs() >= nextHeartbeatMs)) {
            heartbeat();
        }
    }

    private void heartbeat() {
        boolean all = sendsAll || epoch == 0;
        Set<Integer> sent = new TreeSet<>(owned());
        ConsumerGroupHeartbeat heartbeat = operation(new ConsumerGroupHeartbeatRequest(
                GROUP,
                memberId,
                epoch,
                instanceId,
                null,
                all ? REBALANCE_MS : -1,
                all ? List.of(ReadTopic.NAME) : null,
                all ? "" : null,
                null,
                all || received != null || !sent.equals(reported) ? partitions(sent) : null));
        isAwaited = true;
        // It has just reported that it does not have what it was assigned, which others may get then. The answer
        // assigns it anew.
        received = null;
        nextHeartbeatMs = cluster.timeline.nowMs() + SimulatedGroups.HEARTBEAT_MS;
        ask(
                submitting(heartbeat),
                false,
                TIMEOUT_MS,
                answer -> {
                    isAwaited = false;
                    answered(answer, sent);
                },
                () -> {
                    isAwaited = false;
                    sendsAll = true;
                });
    }

    private ConsumerGroupHeartbeat operation(ConsumerGroupHeartbeatRequest request) {
        return new ConsumerGroupHeartbeat(request, VERSION, client(), "unused");
    }

    private static List<TopicPartitions> partitions(Set<Integer> partitions) {
        return partitions.isEmpty()
                ? List.of()
                : List.of(new TopicPartitions(ReadTopic.topicId(), List.copyOf(partitions)));
    }

    private void answered(ConsumerGroupHeartbeatResponse answer, Set<Integer> sent) {
        switch (answer.errorCode()) {
            case NONE -> {
                reported = sent;
                sendsAll = false;
                epoch = answer.memberEpoch();
                if (answer.assignment() != null) {
                    Set<Integer> given = new TreeSet<>();
                    answer.assignment().topicPartitions().forEach(topic -> given.addAll(topic.partitions()));
                    received = given;
                    tell("is assigned " + given);
                }
            }
            case FENCED_MEMBER_EPOCH, UNKNOWN_MEMBER_ID -> {
                tell("is answered " + answer.errorCode());
                lose();
                received = null;
                reported = null;
                epoch = 0;
                sendsAll = true;
            }
            case FENCED_INSTANCE_ID -> fenced();
            default -> {
                sendsAll = true;
                if (isOfCoordinator(answer.errorCode())) {
                    refresh();
                }
            }
        }
    }

    @Override
    void leave() {
        giveUp(owned());
        if (!knowsLeader()) {
            return;
        }
        ConsumerGroupHeartbeat leave = operation(new ConsumerGroupHeartbeatRequest(
                GROUP,
                memberId,
                instanceId == null ? LEAVE_EPOCH : LEAVE_STATIC_EPOCH,
                instanceId,
                null,
                -1,
                null,
                null,
                null,
                null));
        ask(submitting(leave), false, TIMEOUT_MS, answer -> {}, () -> {});
    }
}
