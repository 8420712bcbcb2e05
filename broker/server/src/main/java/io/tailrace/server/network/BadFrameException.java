package io.tailrace.server.network;

/** A peer sent what is not a frame, or a frame larger than allowed; its connection is closed. */
public final class BadFrameException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    public BadFrameException(String reason) {
        // Without a stack trace: hostile peers must not make the broker fill one in for each of their frames.
        super(reason, null, false, false);
        this.reason = reason;
    }

    /** What was found and what was expected. */
    String reason() {
        return reason;
    }
}
