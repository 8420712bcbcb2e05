package io.tailrace.server.api;

import io.tailrace.protocol.ErrorCode;

/** The errors of transactions that clients of different versions know. */
final class TransactionErrors {
    /** The first version of the requests of a transaction whose clients know {@code PRODUCER_FENCED}, but for InitProducerId. */
    static final short KNOWS_FENCED = 2;

    private TransactionErrors() {}

    /** The error for a client that may not know {@code PRODUCER_FENCED}. */
    static ErrorCode shown(ErrorCode error, boolean knowsFenced) {
        return error == ErrorCode.PRODUCER_FENCED && !knowsFenced ? ErrorCode.INVALID_PRODUCER_EPOCH : error;
    }
}
