package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the transactional ids that the broker coordinates (KIP-664).
 *
 * @param stateFilters the states to list; empty for all
 * @param producerIdFilters the producer ids to list; empty for all
 * @param durationFilter lists only transactions that have been running for longer, in ms; negative for all
 * @param transactionalIdPattern a regular expression in RE2 syntax for the transactional ids (KIP-1152); null or empty for all
 */
public record ListTransactionsRequest(
        List<String> stateFilters,
        List<Long> producerIdFilters,
        @Since(1) @Default("-1") long durationFilter,
        @Since(2) @Nullable String transactionalIdPattern)
        implements Request<ListTransactionsResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.LIST_TRANSACTIONS;
    }
}
