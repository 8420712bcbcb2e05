package io.tailrace.protocol;

import java.nio.ByteBuffer;

/**
 * Record batches as a message carries them: so many bytes, which no message looks into.
 *
 * <p>A message that was read from the wire holds a slice of the received frame ({@link #of}), valid as long as the
 * frame is. A message to be written may hold anything that its sender knows how to put on a socket, a range of a file
 * for instance; the codec only asks for the size.
 */
public interface RecordsPayload {

    /** No batches. What a fetch answers when there is nothing: librdkafka takes null for a broken response. */
    RecordsPayload EMPTY = of(ByteBuffer.allocate(0));

    /** The size, which must not change once the payload is in a message. Zero is an empty set of batches. */
    int sizeInBytes();

    /**
     * The bytes, from position to limit of a buffer of the caller's own; nothing is copied.
     *
     * @throws IllegalStateException when the payload is not in memory
     */
    ByteBuffer buffer();

    /** A payload in memory: what is between the buffer's position and limit now. */
    static RecordsPayload of(ByteBuffer bytes) {
        return new BufferPayload(bytes.slice());
    }
}
