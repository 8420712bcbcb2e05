package io.tailrace.server.network;

/** A peer sent bytes that are not a request, or a request larger than allowed. Its connection is closed. */
public final class BadFrameException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    public BadFrameException(String reason) {
        // Without a stack trace: filling one in for each frame of a hostile peer would be expensive.
        super(reason, null, false, false);
        this.reason = reason;
    }

    /** What was found and what was expected. */
    String reason() {
        return reason;
    }
}
