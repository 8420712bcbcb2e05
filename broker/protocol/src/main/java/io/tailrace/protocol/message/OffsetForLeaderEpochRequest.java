package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;

/**
 * Asks leaders for the end offsets of leader epochs. A consumer or follower whose position is beyond the end offset has
 * read records that were truncated (KIP-101, KIP-320).
 *
 * @param replicaId the sending broker's id, {@link #CONSUMER} or {@link #DEBUGGING}
 * @param topics the partitions
 */
public record OffsetForLeaderEpochRequest(
        @Since(3) @Default("-2") int replicaId, List<Topic> topics) implements Request<OffsetForLeaderEpochResponse> {

    /** {@link #replicaId} of a consumer, which sees nothing beyond the high watermark. */
    public static final int CONSUMER = -1;

    /** {@link #replicaId} of a client that may see everything; the default of version 2. */
    public static final int DEBUGGING = -2;

    @Override
    public ApiKey api() {
        return ApiKey.OFFSET_FOR_LEADER_EPOCH;
    }

    /**
     * The partitions of a topic.
     *
     * @param topic the topic's name
     * @param partitions the partitions
     */
    public record Topic(String topic, List<Partition> partitions) {}

    /**
     * A partition.
     *
     * @param partition its index
     * @param currentLeaderEpoch the epoch of its leader as the sender knows it; -1 is not checked (KIP-320)
     * @param leaderEpoch the epoch
     */
    public record Partition(int partition, int currentLeaderEpoch, int leaderEpoch) {}
}
