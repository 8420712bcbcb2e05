package io.tailrace.loader.task.columns;

/** A value is not sound, or not certainly so. Avro's reader decides, and names the reason. */
final class UncheckedValueException extends RuntimeException {
    /** Thrown often, so there is one without a stack trace. */
    @SuppressWarnings("StaticAssignmentOfThrowable")
    static final UncheckedValueException INSTANCE = new UncheckedValueException();

    private static final long serialVersionUID = 1L;

    private UncheckedValueException() {
        super("left to Avro's reader", null, false, false);
    }
}
