package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;

/** A request that was refused, timed out, or could not be sent. The message names what was asked, and of whom. */
public class ClientException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode errorCode;

    /** What a broker answered, or the number that stands for a failure of this side. */
    public ClientException(ErrorCode errorCode, String message) {
        super(message);
        this.errorCode = errorCode;
    }

    /** As above, with what led to it. */
    public ClientException(ErrorCode errorCode, String message, Throwable cause) {
        super(message, cause);
        this.errorCode = errorCode;
    }

    /**
     * The broker's error. A connection that broke is {@link ErrorCode#NETWORK_EXCEPTION}, and whatever took too long
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
