package io.tailrace.protocol;

import java.nio.ByteBuffer;

/** Records in memory. Payloads with the same bytes are equal. */
record BufferPayload(ByteBuffer bytes) implements RecordsPayload {

    @Override
    public int sizeInBytes() {
        return bytes.remaining();
    }

    @Override
    public ByteBuffer buffer() {
        return bytes.duplicate();
    }

    @Override
    public String toString() {
        return bytes.remaining() + " bytes of records";
    }
}
