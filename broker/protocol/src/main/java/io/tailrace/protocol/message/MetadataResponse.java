package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The live brokers, and topics with their partitions and leaders.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param brokers the addresses of the live brokers
 * @param clusterId the cluster's id; null if it has none
 * @param controllerId the controller's broker id, -1 for none
 * @param topics the requested topics
 * @param clusterAuthorizedOperations bit set of the operations the client is allowed; {@link Integer#MIN_VALUE} if not
 *     requested
 */
public record MetadataResponse(
        @Since(3) int throttleTimeMs,
        List<Broker> brokers,
        @Since(2) @Nullable String clusterId,
        @Since(1) @Default("-1") int controllerId,
        List<Topic> topics,
        @Since(8) @Until(10) @Default("-2147483648") int clusterAuthorizedOperations)
        implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.METADATA;
    }

    /**
     * A broker's address.
     *
     * @param nodeId its id
     * @param host the advertised host
     * @param port the advertised port
     * @param rack its rack; null if it has none
     */
    public record Broker(
            int nodeId,
            String host,
            int port,
            @Since(1) @Nullable String rack) {}

    /**
     * A topic.
     *
     * @param errorCode its error
     * @param name its name; null if it was requested by an unknown id
     * @param topicId its id, all zeros for none
     * @param isInternal whether it is an internal topic of the cluster
     * @param partitions its partitions, in no particular order
     * @param topicAuthorizedOperations bit set of the operations the client is allowed; {@link Integer#MIN_VALUE} if
     *     not requested
     */
    public record Topic(
            ErrorCode errorCode,
            @NullableSince(12) @Nullable String name,
            @Since(10) UUID topicId,
            @Since(1) boolean isInternal,
            List<Partition> partitions,
            @Since(8) @Default("-2147483648") int topicAuthorizedOperations) {

        /** A topic by name. */
        public Topic(ErrorCode errorCode, String name, boolean isInternal, List<Partition> partitions) {
            this(errorCode, name, new UUID(0, 0), isInternal, partitions, Integer.MIN_VALUE);
        }
    }

    /**
     * A partition.
     *
     * @param errorCode its error
     * @param partitionIndex its index
     * @param leaderId the leader's broker id, -1 for none
     * @param leaderEpoch the leader's epoch, -1 if not known
     * @param replicaNodes the broker ids of all replicas, preferred leader first
     * @param isrNodes the broker ids of the in-sync replicas
     * @param offlineReplicas the broker ids of offline replicas
     */
    public record Partition(
            ErrorCode errorCode,
            int partitionIndex,
            int leaderId,
            @Since(7) @Default("-1") int leaderEpoch,
            List<Integer> replicaNodes,
            List<Integer> isrNodes,
            @Since(5) List<Integer> offlineReplicas) {}
}
