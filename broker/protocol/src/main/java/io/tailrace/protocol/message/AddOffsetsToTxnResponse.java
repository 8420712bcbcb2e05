package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;

/**
 * The result of {@link AddOffsetsToTxnRequest}.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the error
 */
public record AddOffsetsToTxnResponse(int throttleTimeMs, ErrorCode errorCode) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.ADD_OFFSETS_TO_TXN;
    }
}
