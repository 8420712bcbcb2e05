package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Partitions of topics.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param topics the topics by name; the first and last may have further partitions in other responses
 * @param nextCursor the cursor of the next request; null if there are no more partitions
 */
public record DescribeTopicPartitionsResponse(
        int throttleTimeMs, List<Topic> topics, DescribeTopicPartitionsRequest.@Nullable Cursor nextCursor)
        implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_TOPIC_PARTITIONS;
    }

    /**
     * A topic.
     *
     * @param errorCode its error
     * @param name its name
     * @param topicId its id, all zeros for none
     * @param isInternal whether it is an internal topic of the cluster
     * @param partitions its partitions by index
     * @param topicAuthorizedOperations bit set of the operations the client is allowed; {@link Integer#MIN_VALUE} if
     *     not known
     */
    public record Topic(
            ErrorCode errorCode,
            @Nullable String name,
            UUID topicId,
            boolean isInternal,
            List<Partition> partitions,
            int topicAuthorizedOperations) {}

    /**
     * A partition.
     *
     * @param errorCode its error
     * @param partitionIndex its index
     * @param leaderId the leader's broker id, -1 for none
     * @param leaderEpoch the leader's epoch, -1 if not known
     * @param replicaNodes the broker ids of all replicas, preferred leader first
     * @param isrNodes the broker ids of the in-sync replicas
     * @param eligibleLeaderReplicas the broker ids of the last replicas standing; null if not known
     * @param lastKnownElr the broker ids that may be elected if there are no such replicas; null if not known
     * @param offlineReplicas the broker ids of offline replicas
     */
    public record Partition(
            ErrorCode errorCode,
            int partitionIndex,
            int leaderId,
            int leaderEpoch,
            List<Integer> replicaNodes,
            List<Integer> isrNodes,
            @Nullable List<Integer> eligibleLeaderReplicas,
            @Nullable List<Integer> lastKnownElr,
            List<Integer> offlineReplicas) {}
}
