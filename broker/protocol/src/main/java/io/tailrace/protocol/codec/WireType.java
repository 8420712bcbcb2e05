package io.tailrace.protocol.codec;

import org.jspecify.annotations.Nullable;

/** How a value is laid out on the wire, in one version of one message. Immutable. */
sealed interface WireType permits NumberType, ReferenceType {

    /** The size of the smallest value, at least one byte: what bounds the count of a list. */
    int bytesMin();

    /** The next value as an object. */
    @Nullable
    Object readObject(MessageReader in);

    /** Writes a value that is an object. */
    void writeObject(@Nullable Object value, MessageWriter out);
}
