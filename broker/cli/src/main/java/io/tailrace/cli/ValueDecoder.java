package io.tailrace.cli;

/** Decodes record values that are not text. */
@FunctionalInterface
public interface ValueDecoder {
    /**
     * The value as JSON.
     *
     * @throws IllegalArgumentException if the value is not in the decoder's format, naming what was found
     */
    String json(byte[] value);
}
