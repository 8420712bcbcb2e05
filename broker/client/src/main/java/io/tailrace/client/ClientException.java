package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;

/** A request that was refused, timed out, or could not be sent. The message names the request and the broker. */
public class ClientException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode errorCode;

    /** Creates an exception with a broker's error, or the error code of a failure on this side. */
    public ClientException(ErrorCode errorCode, String message) {
        super(message);
        this.errorCode = errorCode;
    }

    /** As above, with a cause. */
    public ClientException(ErrorCode errorCode, String message, Throwable cause) {
        super(message, cause);
        this.errorCode = errorCode;
    }

    /**
     * The broker's error. A broken connection is {@link ErrorCode#NETWORK_EXCEPTION}, a timeout
     * {@link ErrorCode#REQUEST_TIMED_OUT}.
     */
    public ErrorCode errorCode() {
        return errorCode;
    }

    /** Whether the same call may succeed later. */
    public boolean retriable() {
        return errorCode.retriable();
    }

    /** Whether records were refused for what they contain or for their size: sending the same again is useless. */
    public boolean isForContent() {
        return switch (errorCode) {
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_RECORD, INVALID_TIMESTAMP -> true;
            default -> false;
        };
    }

    /** Whether the transactional id, or its epoch, is no longer the producer's. See {@link TransactionalProducer}. */
    public boolean isFence() {
        return switch (errorCode) {
            case PRODUCER_FENCED, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING -> true;
            default -> false;
        };
    }
}
