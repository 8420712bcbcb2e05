package io.tailrace.loader.verify;

/** The row does not have all of the record, or several records become the same row. */
final class LostValueException extends Exception {
    private static final long serialVersionUID = 1L;

    LostValueException(String message) {
        super(message, null, false, false);
    }
}
