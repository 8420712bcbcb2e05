package io.tailrace.loader.verify;

/** No record of the writer's schema becomes this row: it was changed after it was loaded. */
final class AlteredValueException extends Exception {
    private static final long serialVersionUID = 1L;

    AlteredValueException(String message) {
        super(message, null, false, false);
    }
}
