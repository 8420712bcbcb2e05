package io.tailrace.log;

import java.io.IOException;

/** A log directory that this broker must not use: another process holds it, or it belongs to another broker or cluster. */
final class WrongDirectoryException extends IOException {
    private static final long serialVersionUID = 1L;

    WrongDirectoryException(String message) {
        super(message);
    }
}
