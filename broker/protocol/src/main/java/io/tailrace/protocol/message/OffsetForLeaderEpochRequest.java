package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;

/**
 * Asks leaders where epochs end in their logs: a consumer or follower that finds its position behind that point has
 * read what is not there any more (KIP-101, KIP-320).
 *
 * @param replicaId the asking broker's id, {@link #CONSUMER} or {@link #DEBUGGING}
 * @param topics the partitions
 */
public record OffsetForLeaderEpochRequest(
        @Since(3) @Default("-2") int replicaId, List<Topic> topics) implements Request<OffsetForLeaderEpochResponse> {

    /** {@link #replicaId} of a consumer: it is told nothing beyond the high watermark. */
    public static final int CONSUMER = -1;

    /** {@link #replicaId} of who may see everything; what version 2 stands for. */
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
     * @param currentLeaderEpoch the epoch of its leader as the asker knows it; -1 is not checked (KIP-320)
     * @param leaderEpoch the epoch whose end is asked for
     */
    public record Partition(int partition, int currentLeaderEpoch, int leaderEpoch) {}
}
