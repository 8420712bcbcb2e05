package io.tailrace.transactions;

import io.tailrace.protocol.ErrorCode;

/** The error that clients get for a request that a shard has refused. */
final class Refusal {
    private Refusal() {}

    /** The error to answer. Clients do not expect {@code MESSAGE_TOO_LARGE} in answers to requests of transactions. */
    static ErrorCode shown(ErrorCode error) {
        return error == ErrorCode.MESSAGE_TOO_LARGE ? ErrorCode.UNKNOWN_SERVER_ERROR : error;
    }
}
