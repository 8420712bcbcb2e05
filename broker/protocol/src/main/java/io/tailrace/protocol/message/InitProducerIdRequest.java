package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import org.jspecify.annotations.Nullable;

/**
 * Requests a producer id, or the next epoch of one.
 *
 * @param transactionalId the producer's transactional id; null if it is only idempotent
 * @param transactionTimeoutMs the longest time a transaction may take
 * @param producerId the producer's current id (KIP-360); -1 for none
 * @param producerEpoch the producer's current epoch; -1 for none
 */
public record InitProducerIdRequest(
        @Nullable String transactionalId,
        int transactionTimeoutMs,
        @Since(3) @Default("-1") long producerId,
        @Since(3) @Default("-1") short producerEpoch)
        implements Request<InitProducerIdResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.INIT_PRODUCER_ID;
    }
}
