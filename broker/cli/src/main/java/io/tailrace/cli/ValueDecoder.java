package io.tailrace.cli;

/** Decodes record values that are not text. */
@FunctionalInterface
public interface ValueDecoder {
    /**
     * The value as JSON.
     *
     * @throws IllegalArgumentException if the value is not in the decoder's format, naming what was found
     * @throws UnavailableException if nothing can be decoded now, which says nothing about the value
     */
    String json(byte[] value);

    /** What the decoder needs, such as a schema registry, does not answer or refuses. */
    final class UnavailableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** @param cause its message says what is to be done */
        public UnavailableException(RuntimeException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
