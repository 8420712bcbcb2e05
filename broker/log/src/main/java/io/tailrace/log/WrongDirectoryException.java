package io.tailrace.log;

import java.io.IOException;

/** This broker must not use a log directory: another process holds it, or it belongs to another broker or cluster. */
final class WrongDirectoryException extends IOException {
    private static final long serialVersionUID = 1L;

    WrongDirectoryException(String message) {
        super(message);
    }
}
