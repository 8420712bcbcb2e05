package io.tailrace.log;

/** A compaction was given up because the broker is stopping or the log has changed. This is not an error. */
final class CompactionStoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CompactionStoppedException(String reason) {
        super(reason);
    }
}
