package io.tailrace.coordination;

import io.tailrace.protocol.ErrorCode;

/** A change to a topic that is refused, with the protocol's error for it. */
public final class TopicException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode error;

    public TopicException(ErrorCode error, String message) {
        super(message);
        this.error = error;
    }

    /** The error to answer a client with. */
    public ErrorCode error() {
        return error;
    }
}
