package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;

/**
 * The results of {@link AddPartitionsToTxnRequest}.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the error of a broker's request as a whole
 * @param resultsByTransaction the results for a broker, by transaction
 * @param resultsByTopic the results for a client, by topic
 */
public record AddPartitionsToTxnResponse(
        int throttleTimeMs,
        @Since(4) ErrorCode errorCode,
        @Since(4) List<TransactionResult> resultsByTransaction,
        @Until(3) List<TopicResult> resultsByTopic)
        implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.ADD_PARTITIONS_TO_TXN;
    }

    /**
     * The results for a transaction.
     *
     * @param transactionalId its transactional id
     * @param topicResults the results by topic
     */
    public record TransactionResult(String transactionalId, List<TopicResult> topicResults) {}

    /**
     * The results for a topic.
     *
     * @param name the topic
     * @param resultsByPartition the results by partition
     */
    public record TopicResult(String name, List<PartitionResult> resultsByPartition) {}

    /**
     * The result for a partition.
     *
     * @param partitionIndex the partition
     * @param partitionErrorCode the error
     */
    public record PartitionResult(int partitionIndex, ErrorCode partitionErrorCode) {}
}
