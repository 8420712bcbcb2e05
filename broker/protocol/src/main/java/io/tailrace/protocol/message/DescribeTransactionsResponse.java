package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;

/**
 * The state of transactional ids.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param transactionStates the states
 */
public record DescribeTransactionsResponse(int throttleTimeMs, List<TransactionState> transactionStates)
        implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_TRANSACTIONS;
    }

    /**
     * The state of a transactional id.
     *
     * @param errorCode the error
     * @param transactionalId the transactional id
     * @param transactionState its state, such as {@code Ongoing}
     * @param transactionTimeoutMs the longest time that a transaction may take
     * @param transactionStartTimeMs when the transaction began; -1 if there is none
     * @param producerId the producer id
     * @param producerEpoch its epoch
     * @param topics the partitions of the transaction, by topic; while it ends, those without its marker
     */
    public record TransactionState(
            ErrorCode errorCode,
            String transactionalId,
            String transactionState,
            int transactionTimeoutMs,
            long transactionStartTimeMs,
            long producerId,
            short producerEpoch,
            List<Topic> topics) {}

    /**
     * Partitions of a topic.
     *
     * @param topic the topic
     * @param partitions the indexes of the partitions
     */
    public record Topic(String topic, List<Integer> partitions) {}
}
