package io.tailrace.loader.store;

import java.io.IOException;

/** The run lost its lock, or another run fenced it or committed first. Nothing of this run is committed. */
public final class CommitConflictException extends IOException {
    private static final long serialVersionUID = 1L;

    public CommitConflictException(String message) {
        super(message);
    }
}
