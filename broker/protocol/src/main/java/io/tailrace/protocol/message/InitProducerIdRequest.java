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
 * @param enable2Pc whether the client ends its transactions in two phases (KIP-939)
 * @param keepPreparedTxn whether to keep the current transaction instead of aborting it (KIP-939)
 */
public record InitProducerIdRequest(
        @Nullable String transactionalId,
        int transactionTimeoutMs,
        @Since(3) @Default("-1") long producerId,
        @Since(3) @Default("-1") short producerEpoch,
        @Since(6) boolean enable2Pc,
        @Since(6) boolean keepPreparedTxn)
        implements Request<InitProducerIdResponse> {
    /** A request without two phases. */
    public InitProducerIdRequest(
            @Nullable String transactionalId, int transactionTimeoutMs, long producerId, short producerEpoch) {
        this(transactionalId, transactionTimeoutMs, producerId, producerEpoch, false, false);
    }

    @Override
    public ApiKey api() {
        return ApiKey.INIT_PRODUCER_ID;
    }
}
