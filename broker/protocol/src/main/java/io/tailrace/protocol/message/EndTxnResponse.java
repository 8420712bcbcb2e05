package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;

/**
 * The result of {@link EndTxnRequest}.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the error
 * @param producerId the producer id of the next transaction; -1 for none
 * @param producerEpoch the epoch of the next transaction; -1 for none
 */
public record EndTxnResponse(
        int throttleTimeMs,
        ErrorCode errorCode,
        @Since(5) @Default("-1") long producerId,
        @Since(5) @Default("-1") short producerEpoch)
        implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.END_TXN;
    }
}
