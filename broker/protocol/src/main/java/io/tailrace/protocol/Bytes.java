package io.tailrace.protocol;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Bytes in a message that only clients understand, such as the assignment of a group's member. Immutable; a copy, so it
 * stays valid after the received frame is released.
 */
public final class Bytes {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] bytes;

    private Bytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Copies the bytes between a buffer's position and limit, which do not change. */
    public static Bytes copyOf(ByteBuffer buffer) {
        if (!buffer.hasRemaining()) {
            return EMPTY;
        }
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(buffer.position(), copy);
        return new Bytes(copy);
    }

    public int size() {
        return bytes.length;
    }

    /** Returns a new read-only buffer of the bytes. */
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The size alone: the content may be long, and confidential. */
    @Override
    public String toString() {
        return bytes.length + " bytes";
    }
}
