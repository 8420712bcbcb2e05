package io.tailrace.loader;

import java.io.IOException;

/** The run lost its lock, or another run fenced it or committed first. Nothing of this run is committed. */
final class CommitConflictException extends IOException {
    private static final long serialVersionUID = 1L;

    CommitConflictException(String message) {
        super(message);
    }
}
