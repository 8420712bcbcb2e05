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
}
