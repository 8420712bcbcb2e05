package io.tailrace.client;

/** A request that was refused, timed out, or could not be sent. The message names what was asked, and of whom. */
public class ClientException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A failure on this side of the wire: a timeout, a full buffer, a closed client. */
    public ClientException(String message) {
        super(message);
    }

    /** A failure on this side of the wire, with what led to it. */
    public ClientException(String message, Throwable cause) {
        super(message, cause);
    }
}
