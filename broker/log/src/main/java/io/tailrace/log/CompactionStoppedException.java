package io.tailrace.log;

/** A compaction was given up because the broker stops or the log has changed. Nothing is wrong. */
final class CompactionStoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CompactionStoppedException(String reason) {
        super(reason);
    }
}
