package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;

/**
 * A producer id.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the error
 * @param producerId the id; -1 for none
 * @param producerEpoch the epoch
 * @param ongoingTxnProducerId the producer id of a transaction that was kept (KIP-939); -1 for none
 * @param ongoingTxnProducerEpoch its epoch; -1 for none
 */
public record InitProducerIdResponse(
        int throttleTimeMs,
        ErrorCode errorCode,
        long producerId,
        short producerEpoch,
        @Since(6) @Default("-1") long ongoingTxnProducerId,
        @Since(6) @Default("-1") short ongoingTxnProducerEpoch)
        implements Response {
    /** An answer without a transaction that was kept. */
    public InitProducerIdResponse(int throttleTimeMs, ErrorCode errorCode, long producerId, short producerEpoch) {
        this(throttleTimeMs, errorCode, producerId, producerEpoch, -1, (short) -1);
    }

    @Override
    public ApiKey api() {
        return ApiKey.INIT_PRODUCER_ID;
    }
}
