package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Joins, keeps a member in, or leaves a group by the consumer protocol (KIP-848). A null component has not changed
 * since the last heartbeat.
 *
 * @param groupId the group
 * @param memberId the member; empty, in version 0, for a new one
 * @param memberEpoch the member's epoch, or one of {@link #JOIN_EPOCH}, {@link #LEAVE_EPOCH} and {@link #LEAVE_STATIC_EPOCH}
 * @param instanceId the id of a static member
 * @param rackId the member's rack
 * @param rebalanceTimeoutMs how long the member may take to give up partitions; -1 if unchanged
 * @param subscribedTopicNames the topics that the member reads
 * @param subscribedTopicRegex the pattern, in RE2 syntax, of further topics
 * @param serverAssignor the assignor that the member prefers
 * @param topicPartitions the partitions that the member owns
 */
public record ConsumerGroupHeartbeatRequest(
        String groupId,
        String memberId,
        int memberEpoch,
        @Nullable String instanceId,
        @Nullable String rackId,
        @Default("-1") int rebalanceTimeoutMs,
        @Nullable List<String> subscribedTopicNames,
        @Since(1) @Nullable String subscribedTopicRegex,
        @Nullable String serverAssignor,
        @Nullable List<TopicPartitions> topicPartitions)
        implements Request<ConsumerGroupHeartbeatResponse> {
    /** The epoch of a member that joins. */
    public static final int JOIN_EPOCH = 0;

    /** The epoch of a member that leaves. */
    public static final int LEAVE_EPOCH = -1;

    /** The epoch of a static member that leaves and will come back. */
    public static final int LEAVE_STATIC_EPOCH = -2;

    @Override
    public ApiKey api() {
        return ApiKey.CONSUMER_GROUP_HEARTBEAT;
    }

    /**
     * Partitions of a topic.
     *
     * @param topicId the topic's id
     * @param partitions the indexes of its partitions
     */
    public record TopicPartitions(UUID topicId, List<Integer> partitions) {}
}
