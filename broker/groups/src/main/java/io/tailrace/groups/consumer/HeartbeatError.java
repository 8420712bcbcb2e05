package io.tailrace.groups.consumer;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;

/**
 * Why a heartbeat is refused.
 *
 * @param code the error
 * @param message names the value, what was expected and what to do
 */
record HeartbeatError(ErrorCode code, String message) {
    ConsumerGroupHeartbeatResponse answer() {
        return new ConsumerGroupHeartbeatResponse(0, code, message, null, 0, 0, null);
    }
}
