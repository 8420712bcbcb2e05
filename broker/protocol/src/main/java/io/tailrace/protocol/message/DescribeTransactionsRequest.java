package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;

/**
 * Asks for the state of transactional ids (KIP-664).
 *
 * @param transactionalIds the transactional ids
 */
public record DescribeTransactionsRequest(List<String> transactionalIds)
        implements Request<DescribeTransactionsResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_TRANSACTIONS;
    }
}
