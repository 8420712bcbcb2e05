package io.tailrace.protocol;

import java.nio.ByteBuffer;

/**
 * The record batches in a message, opaque to it.
 *
 * <p>A decoded message has a slice of the received frame ({@link #of}), valid as long as the frame. A message to encode
 * may have any payload that its sender can write to a socket, such as a range of a file; the codec uses only the size.
 */
public interface RecordsPayload {

    /** No batches. Fetch responses have it instead of null, which librdkafka rejects. */
    RecordsPayload EMPTY = of(ByteBuffer.allocate(0));

    /** The size, which must not change while the payload is in a message. Zero for no batches. */
    int sizeInBytes();

    /**
     * Returns a new buffer of the bytes, from position to limit. Nothing is copied.
     *
     * @throws IllegalStateException if the payload is not in memory
     */
    ByteBuffer buffer();

    /** Creates a payload of the bytes between the buffer's current position and limit. */
    static RecordsPayload of(ByteBuffer bytes) {
        return new BufferPayload(bytes.slice());
    }
}
