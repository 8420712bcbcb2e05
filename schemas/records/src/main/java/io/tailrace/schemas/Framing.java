package io.tailrace.schemas;

import java.nio.ByteBuffer;

/**
 * The header of a framed record: a zero byte, then the schema's id in four big-endian bytes. The record's Avro binary
 * follows. Confluent's serializers use the same format: docs/format.md, "Schema-framed value".
 */
public final class Framing {
    static final byte MAGIC = 0;

    /** Length of the header, and so the position of the Avro binary. */
    public static final int HEADER_BYTES = 5;

    private Framing() {}

    /** The header of records of a schema. */
    public static byte[] header(int schemaId) {
        return ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).putInt(schemaId).array();
    }

    /** Whether an array that has {@code length} bytes of a record first starts with a header. */
    public static boolean isFramed(byte[] bytes, int length) {
        return length >= HEADER_BYTES && bytes[0] == MAGIC;
    }

    /** The schema's id in a header; {@link #isFramed} was true. */
    public static int framedSchemaId(byte[] bytes) {
        return (bytes[1] & 0xff) << 24 | (bytes[2] & 0xff) << 16 | (bytes[3] & 0xff) << 8 | (bytes[4] & 0xff);
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
        return framedSchemaId(framed);
    }

    /** The bytes are not a framed record. */
    static final class NotFramedException extends Exception {
        private static final long serialVersionUID = 1L;

        NotFramedException(String message) {
            super(message);
        }
    }
}
