package io.tailrace.loader;

import java.io.IOException;

/** Another run has committed, or has shut this one out. Nothing of this run counts. */
final class CommitConflictException extends IOException {
    private static final long serialVersionUID = 1L;

    CommitConflictException(String message) {
        super(message);
    }
}
