package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;

/**
 * Where epochs end in leaders' logs.
 *
 * @param throttleTimeMs how long the client should pause for a quota's sake
 * @param topics the answers by topic
 */
public record OffsetForLeaderEpochResponse(int throttleTimeMs, List<Topic> topics) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.OFFSET_FOR_LEADER_EPOCH;
    }

    /**
     * The answers for a topic.
     *
     * @param topic the topic's name
     * @param partitions the answers by partition
     */
    public record Topic(String topic, List<Partition> partitions) {}

    /**
     * The answer for a partition.
     *
     * @param errorCode what went wrong
     * @param partition its index
     * @param leaderEpoch the largest epoch in the log that is not above the one asked for; -1 for none
     * @param endOffset where that epoch ends, exclusive; -1 for none
     */
    public record Partition(ErrorCode errorCode, int partition, int leaderEpoch, long endOffset) {}
}
