package io.tailrace.systemtests.conformance;

/** An error that a client reported to its application. */
@SuppressWarnings("serial") // never serialized
final class ClientError extends RuntimeException {
    private final int code;

    ClientError(int code, String message) {
        super(message);
        this.code = code;
    }

    /** The protocol's error code, or 0 if the error is the client's own. */
    int code() {
        return code;
    }
}
