package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;

/**
 * The transactional ids that a broker coordinates.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the error
 * @param unknownStateFilters the states in the request that do not exist
 * @param transactionStates the transactional ids
 */
public record ListTransactionsResponse(
        int throttleTimeMs,
        ErrorCode errorCode,
        List<String> unknownStateFilters,
        List<TransactionState> transactionStates)
        implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.LIST_TRANSACTIONS;
    }

    /**
     * A transactional id.
     *
     * @param transactionalId the transactional id
     * @param producerId its producer id
     * @param transactionState its state, such as {@code Ongoing}
     */
    public record TransactionState(String transactionalId, long producerId, String transactionState) {}
}
