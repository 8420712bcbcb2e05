package io.tailrace.coordination;

/** ZooKeeper did not answer, or its answer makes no sense. The message names the path and what to do. */
public class CoordinationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CoordinationException(String message) {
        super(message);
    }

    public CoordinationException(String message, Throwable cause) {
        super(message, cause);
    }
}
