package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;

/**
 * The result of {@link HeartbeatRequest}.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the error; REBALANCE_IN_PROGRESS if the member must join again
 */
public record HeartbeatResponse(@Since(1) int throttleTimeMs, ErrorCode errorCode) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.HEARTBEAT;
    }
}
