package io.tailrace.groups.consumer;

import static io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest.JOIN_EPOCH;
import static io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest.LEAVE_EPOCH;
import static io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest.LEAVE_STATIC_EPOCH;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks of a heartbeat that do not depend on the group's state. */
final class HeartbeatChecks {
    /** The first version in which members choose their own ids (KIP-1082). */
    private static final short FIRST_WITH_OWN_IDS = 1;

    private HeartbeatChecks() {}

    /**
     * The reason for which a request is refused; empty if it is accepted.
     *
     * @param version the request's version
     * @param assignors those that members may choose
     */
    static Optional<HeartbeatError> error(
            ConsumerGroupHeartbeatRequest request, short version, List<String> assignors) {
        String invalid = firstOf(ids(request, version), partitions(request), epoch(request));
        if (invalid != null) {
            return Optional.of(new HeartbeatError(ErrorCode.INVALID_REQUEST, invalid));
        }
        String assignor = request.serverAssignor();
        if (assignor != null && !assignors.contains(assignor)) {
            return Optional.of(new HeartbeatError(
                    ErrorCode.UNSUPPORTED_ASSIGNOR,
                    "ServerAssignor \"" + assignor + "\" is not supported: expected one of " + assignors));
        }
        String regex = request.subscribedTopicRegex();
        return regex == null || regex.isEmpty()
                ? Optional.empty()
                : TopicPatterns.error(regex)
                        .map(message -> new HeartbeatError(ErrorCode.INVALID_REGULAR_EXPRESSION, message));
    }

    private static @Nullable String firstOf(@Nullable String... problems) {
        for (String problem : problems) {
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    private static @Nullable String ids(ConsumerGroupHeartbeatRequest request, short version) {
        if (request.groupId().isEmpty()) {
            return "GroupId is empty";
        }
        if (request.memberId().isEmpty() && (version >= FIRST_WITH_OWN_IDS || request.memberEpoch() != JOIN_EPOCH)) {
            return "MemberId is empty: expected the id of the member";
        }
        if ("".equals(request.instanceId())) {
            return "InstanceId is empty: expected null, or the id of a static member";
        }
        return "".equals(request.rackId()) ? "RackId is empty: expected null, or a rack" : null;
    }

    private static @Nullable String epoch(ConsumerGroupHeartbeatRequest request) {
        int epoch = request.memberEpoch();
        if (epoch < LEAVE_STATIC_EPOCH) {
            return "MemberEpoch is " + epoch + ": expected at least " + LEAVE_STATIC_EPOCH;
        }
        if (epoch == LEAVE_STATIC_EPOCH && request.instanceId() == null) {
            return "InstanceId is null: a static member that leaves must name its instance";
        }
        return epoch == JOIN_EPOCH ? join(request) : null;
    }

    private static @Nullable String join(ConsumerGroupHeartbeatRequest request) {
        if (request.rebalanceTimeoutMs() < 0) {
            return "RebalanceTimeoutMs is missing: a member that joins must set it";
        }
        if (request.topicPartitions() == null || !request.topicPartitions().isEmpty()) {
            return "TopicPartitions must be empty when a member joins";
        }
        return request.subscribedTopicNames() == null && request.subscribedTopicRegex() == null
                ? "SubscribedTopicNames or SubscribedTopicRegex must be set when a member joins"
                : null;
    }

    private static @Nullable String partitions(ConsumerGroupHeartbeatRequest request) {
        if (request.memberEpoch() == LEAVE_EPOCH || request.topicPartitions() == null) {
            return null;
        }
        return request.topicPartitions().stream()
                .flatMap((TopicPartitions topic) -> topic.partitions().stream())
                .filter(partition -> partition < 0)
                .findFirst()
                .map(partition -> "TopicPartitions has the partition " + partition + ": expected at least 0")
                .orElse(null);
    }
}
