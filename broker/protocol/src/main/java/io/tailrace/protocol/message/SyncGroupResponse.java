package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;

/**
 * The assignment of a member.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the error
 * @param assignment its partitions, as the leader sent them
 */
public record SyncGroupResponse(@Since(1) int throttleTimeMs, ErrorCode errorCode, Bytes assignment)
        implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.SYNC_GROUP;
    }
}
