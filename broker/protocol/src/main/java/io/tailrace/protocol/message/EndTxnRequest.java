package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;

/**
 * Commits or aborts a transaction. From version 5 on, the request also raises the producer's epoch (KIP-890).
 *
 * @param transactionalId the transactional id
 * @param producerId the producer id
 * @param producerEpoch its epoch
 * @param committed whether to commit
 */
public record EndTxnRequest(String transactionalId, long producerId, short producerEpoch, boolean committed)
        implements Request<EndTxnResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.END_TXN;
    }
}
