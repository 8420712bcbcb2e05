package io.tailrace.cli;

/** Makes the values of records readable that are not text. */
@FunctionalInterface
public interface ValueDecoder {
    /**
     * The value as JSON.
     *
     * @throws IllegalArgumentException if it is none of the decoder's, telling what was found
     */
    String json(byte[] value);
}
