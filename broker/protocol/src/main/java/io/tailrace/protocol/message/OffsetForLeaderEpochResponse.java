package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;

/**
 * End offsets of leader epochs.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param topics the results by topic
 */
public record OffsetForLeaderEpochResponse(int throttleTimeMs, List<Topic> topics) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.OFFSET_FOR_LEADER_EPOCH;
    }

    /**
     * The results for a topic.
     *
     * @param topic the topic's name
     * @param partitions the results by partition
     */
    public record Topic(String topic, List<Partition> partitions) {}

    /**
     * The result for a partition.
     *
     * @param errorCode the error
     * @param partition its index
     * @param leaderEpoch the largest epoch in the log up to the requested one; -1 for none
     * @param endOffset the end offset of that epoch, exclusive; -1 for none
     */
    public record Partition(ErrorCode errorCode, int partition, int leaderEpoch, long endOffset) {}
}
