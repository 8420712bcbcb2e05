package io.tailrace.groups;

import io.tailrace.protocol.ErrorCode;

/** What clients learn about a request that a shard has refused. */
public final class Refusal {
    private Refusal() {}

    /** The error to answer. Requests of groups do not have {@code MESSAGE_TOO_LARGE}: clients would not know what to do. */
    public static ErrorCode shown(ErrorCode error) {
        return error == ErrorCode.MESSAGE_TOO_LARGE ? ErrorCode.UNKNOWN_SERVER_ERROR : error;
    }
}
