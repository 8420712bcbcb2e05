package io.tailrace.schemas;

import java.nio.ByteBuffer;

/**
 * The header of a framed record: a zero byte, then the schema's id in four big-endian bytes. The record's Avro binary
 * follows. Confluent's serializers use the same format: docs/format.md, "Schema-framed value".
 */
final class Framing {
    static final byte MAGIC = 0;

    /** Length of the header, and so the position of the Avro binary. */
    static final int HEADER_BYTES = 5;

    private Framing() {}

    static byte[] header(int schemaId) {
        return ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).putInt(schemaId).array();
    }

    /**
     * The id of the schema that a record was written with.
     *
     * @throws NotFramedException if the bytes do not start with a header
     */
    static int schemaId(byte[] framed) throws NotFramedException {
        if (framed.length < HEADER_BYTES) {
            throw new NotFramedException("record of " + framed.length + " bytes: expected at least " + HEADER_BYTES
                    + ", a zero and a schema id");
        }
        if (framed[0] != MAGIC) {
            throw new NotFramedException(
                    "record starts with byte 0x%02X: expected 0x00, then a schema id".formatted(framed[0] & 0xff));
        }
        return ByteBuffer.wrap(framed).getInt(1);
    }

    /** The bytes are not a framed record. */
    static final class NotFramedException extends Exception {
        private static final long serialVersionUID = 1L;

        NotFramedException(String message) {
            super(message);
        }
    }
}
