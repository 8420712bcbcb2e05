package io.tailrace.coordination;

import io.tailrace.protocol.ErrorCode;

/**
 * A change of a topic, or of settings, is refused, and nothing was written. The message is for the client: it names the input,
 * what was expected, and what to do.
 */
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
