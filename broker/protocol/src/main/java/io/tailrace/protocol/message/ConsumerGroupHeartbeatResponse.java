package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The epoch of a member and, if it has changed, its assignment.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the error
 * @param errorMessage describes the error; null for nothing to add
 * @param memberId the member; null after an error
 * @param memberEpoch the member's epoch
 * @param heartbeatIntervalMs how long to wait before the next heartbeat
 * @param assignment the member's partitions; null if they have not changed
 */
public record ConsumerGroupHeartbeatResponse(
        int throttleTimeMs,
        ErrorCode errorCode,
        @Nullable String errorMessage,
        @Nullable String memberId,
        int memberEpoch,
        int heartbeatIntervalMs,
        @Nullable Assignment assignment)
        implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.CONSUMER_GROUP_HEARTBEAT;
    }

    /**
     * The partitions that a member may use.
     *
     * @param topicPartitions the partitions
     */
    public record Assignment(List<TopicPartitions> topicPartitions) {}

    /**
     * Partitions of a topic.
     *
     * @param topicId the topic's id
     * @param partitions the indexes of its partitions
     */
    public record TopicPartitions(UUID topicId, List<Integer> partitions) {}
}
