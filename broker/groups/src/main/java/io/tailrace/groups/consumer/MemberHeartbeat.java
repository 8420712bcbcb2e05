package io.tailrace.groups.consumer;

import static io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest.JOIN_EPOCH;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ConsumerGroupVolatile;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.MemberAssignment;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse.TopicPartitions;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Ticket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The heartbeat of a member that is in, or joins, a group of the consumer protocol. */
final class MemberHeartbeat {
    /**
     * While a group settles, its members are asked for at most this many heartbeats per second in all, and each for at most two.
     */
    private static final int SETTLING_HEARTBEATS_PER_S_MAX = 200;

    private static final int SETTLING_INTERVAL_MS_MIN = 500;

    private final ConsumerGroupHeartbeatRequest request;
    private final ConsumerGroupHeartbeat operation;
    private final Ticket<ConsumerGroupHeartbeatResponse> ticket;
    private final String memberId;

    MemberHeartbeat(ConsumerGroupHeartbeat operation, Ticket<ConsumerGroupHeartbeatResponse> ticket) {
        this.operation = operation;
        this.request = operation.request();
        this.ticket = ticket;
        this.memberId = request.memberId().isEmpty() ? operation.newMemberId() : request.memberId();
    }

    /** @param decision a decision about the group that does not concern members yet */
    Decision<GroupsShard> decide(ConsumerDecision decision) {
        GroupDraft draft = decision.draft();
        HeartbeatError error = error(decision);
        if (error != null) {
            return Decision.reply(ticket, error.answer());
        }
        boolean joinsAgain = request.memberEpoch() == JOIN_EPOCH && draft.member(memberId) != null;
        StaticMembers.Found found = StaticMembers.find(decision, memberId, request.instanceId());
        // A member that joins again has no partitions, so those that it had to give up are free.
        ConsumerMember known = joinsAgain ? found.member().with(MemberAssignment.NEW) : found.member();
        Assignment owned = owned();
        ConsumerMember member = decision.advance(known.with(metadata(known)), found.before(), owned);
        decision.expectHeartbeat(member);
        answer(decision, known, member, owned);
        return decision.build();
    }

    private @Nullable HeartbeatError error(ConsumerDecision decision) {
        GroupDraft draft = decision.draft();
        ConsumerMember member = draft.member(memberId);
        ConsumerMember sameInstance = request.instanceId() == null ? null : draft.staticMember(request.instanceId());
        if (request.memberEpoch() == JOIN_EPOCH) {
            if (member == null
                    && sameInstance == null
                    && draft.size() >= decision.settings().membersMax()) {
                return new HeartbeatError(
                        ErrorCode.GROUP_MAX_SIZE_REACHED,
                        "Group " + draft.groupId() + " has " + draft.size()
                                + " members, as many as group.consumer.max.size allows");
            }
            return sameInstance == null ? null : StaticMembers.joinError(sameInstance, memberId);
        }
        if (sameInstance != null && !sameInstance.id().equals(memberId)) {
            return StaticMembers.fenced(sameInstance, memberId);
        }
        return member == null ? ConsumerGroupHeartbeat.unknownMember(request) : epochError(member.current());
    }

    /**
     * A member may be one epoch behind if the answer with the new one was lost. It cannot have more partitions than the
     * coordinator still keeps for it, because it had to give up all others to get the new epoch.
     */
    private @Nullable HeartbeatError epochError(MemberAssignment current) {
        int epoch = request.memberEpoch();
        if (epoch == current.epoch() || (epoch == current.previousEpoch() && ownsOnly(current))) {
            return null;
        }
        return new HeartbeatError(
                ErrorCode.FENCED_MEMBER_EPOCH,
                "Member " + memberId + " is in epoch " + current.epoch() + ", the request has epoch " + epoch
                        + ". It must give up its partitions and join again.");
    }

    private boolean ownsOnly(MemberAssignment current) {
        List<ConsumerGroupHeartbeatRequest.TopicPartitions> owned = request.topicPartitions();
        return owned == null
                || owned.stream().allMatch(topic -> topic.partitions().stream()
                        .allMatch(partition -> current.holds(topic.topicId(), partition)));
    }

    private @Nullable Assignment owned() {
        List<ConsumerGroupHeartbeatRequest.TopicPartitions> owned = request.topicPartitions();
        if (owned == null) {
            return null;
        }
        TreeMap<UUID, Collection<Integer>> partitions = new TreeMap<>();
        owned.forEach(topic -> partitions
                .computeIfAbsent(topic.topicId(), absent -> new ArrayList<>())
                .addAll(topic.partitions()));
        return Assignment.of(partitions);
    }

    /** The member's metadata: fields that the request leaves out have not changed. */
    private ConsumerGroupMemberMetadataValue metadata(ConsumerMember member) {
        ConsumerGroupMemberMetadataValue known = member.metadata();
        List<String> names = request.subscribedTopicNames();
        String regex = request.subscribedTopicRegex();
        return new ConsumerGroupMemberMetadataValue(
                request.instanceId() == null ? known.instanceId() : request.instanceId(),
                request.rackId() == null ? known.rackId() : request.rackId(),
                operation.client().clientId(),
                operation.client().host(),
                names == null ? known.subscribedTopicNames() : List.copyOf(new TreeSet<>(names)),
                regex == null ? known.subscribedTopicRegex() : emptyToNull(regex),
                request.rebalanceTimeoutMs() < 0 ? known.rebalanceTimeoutMs() : request.rebalanceTimeoutMs(),
                request.serverAssignor() == null ? known.serverAssignor() : request.serverAssignor(),
                null);
    }

    private static @Nullable String emptyToNull(String regex) {
        return regex.isEmpty() ? null : regex;
    }

    private void answer(
            ConsumerDecision decision, ConsumerMember known, ConsumerMember member, @Nullable Assignment owned) {
        Assignment assigned = member.current().assigned().partitions();
        ConsumerGroupVolatile unstored = decision.draft().base().unstored();
        boolean informs = isFull()
                || request.memberEpoch() != member.current().epoch()
                || !assigned.equals(known.current().assigned().partitions())
                || (owned != null && !owned.equals(assigned))
                || !unstored.isInformed(memberId);
        if (informs && !unstored.isInformed(memberId)) {
            decision.change(group -> group.informed(memberId));
        }
        decision.reply(
                ticket,
                new ConsumerGroupHeartbeatResponse(
                        0,
                        ErrorCode.NONE,
                        null,
                        memberId,
                        member.current().epoch(),
                        intervalMs(decision),
                        informs ? answered(assigned) : null));
    }

    /** Whether this is a full heartbeat, as after a failed request: the member may not know its assignment. */
    private boolean isFull() {
        return request.memberEpoch() == JOIN_EPOCH
                || (request.rebalanceTimeoutMs() >= 0
                        && (request.subscribedTopicNames() != null || request.subscribedTopicRegex() != null)
                        && request.topicPartitions() != null);
    }

    /** Members are asked to come back sooner while one of them may wait for another. */
    private static int intervalMs(ConsumerDecision decision) {
        int intervalMs = decision.timing().heartbeatIntervalMs();
        if (decision.draft().isSettled()) {
            return intervalMs;
        }
        int settlingMs =
                Math.max(SETTLING_INTERVAL_MS_MIN, decision.draft().size() * 1000 / SETTLING_HEARTBEATS_PER_S_MAX);
        return Math.min(intervalMs, settlingMs);
    }

    private static ConsumerGroupHeartbeatResponse.Assignment answered(Assignment assigned) {
        List<TopicPartitions> topics = new ArrayList<>();
        assigned.topics()
                .forEach((topic, partitions) -> topics.add(new TopicPartitions(topic, List.copyOf(partitions))));
        return new ConsumerGroupHeartbeatResponse.Assignment(topics);
    }
}
