package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Topics' partitions, and where to go on.
 *
 * @param throttleTimeMs how long the client should pause for a quota's sake
 * @param topics the topics by name; the first and the last may lack partitions that other answers have
 * @param nextCursor what to ask for next; null if this was all
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
     * @param errorCode what went wrong with it
     * @param name its name
     * @param topicId its id, all zero for none
     * @param isInternal whether it is the cluster's own
     * @param partitions its partitions by index
     * @param topicAuthorizedOperations bits of what the client may do with it; {@link Integer#MIN_VALUE} if not known
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
     * @param errorCode what went wrong with it
     * @param partitionIndex its index
     * @param leaderId the leader's broker id, -1 for none
     * @param leaderEpoch the leader's epoch, -1 if not known
     * @param replicaNodes the broker ids of all replicas, preferred leader first
     * @param isrNodes the broker ids of the in-sync replicas
     * @param eligibleLeaderReplicas the broker ids of the last replicas standing; null if not known
     * @param lastKnownElr the broker ids of who may be elected when there are none of those; null if not known
     * @param offlineReplicas the broker ids of replicas that are not up
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
