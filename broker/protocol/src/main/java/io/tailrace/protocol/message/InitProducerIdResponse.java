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
 */
public record InitProducerIdResponse(int throttleTimeMs, ErrorCode errorCode, long producerId, short producerEpoch)
        implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.INIT_PRODUCER_ID;
    }
}
