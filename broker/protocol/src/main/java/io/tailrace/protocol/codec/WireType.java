package io.tailrace.protocol.codec;

import org.jspecify.annotations.Nullable;

/** The wire format of a value in one version of a message. Immutable. */
sealed interface WireType permits NumberType, ReferenceType {

    /** The size of the smallest value, at least one byte. It bounds the count of a list. */
    int bytesMin();

    /** Reads a value as an object. */
    @Nullable
    Object readObject(MessageReader in);

    /** Writes a value given as an object. */
    void writeObject(@Nullable Object value, MessageWriter out);
}
