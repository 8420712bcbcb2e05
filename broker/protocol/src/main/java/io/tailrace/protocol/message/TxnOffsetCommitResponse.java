package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;

/**
 * The results of {@link TxnOffsetCommitRequest}.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param topics the results by topic
 */
public record TxnOffsetCommitResponse(int throttleTimeMs, List<Topic> topics) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.TXN_OFFSET_COMMIT;
    }

    /**
     * The results for a topic.
     *
     * @param name the topic
     * @param partitions the results by partition
     */
    public record Topic(String name, List<Partition> partitions) {}

    /**
     * The result for a partition.
     *
     * @param partitionIndex the partition
     * @param errorCode the error
     */
    public record Partition(int partitionIndex, ErrorCode errorCode) {}
}
