package io.tailrace.schemas;

import java.nio.ByteBuffer;

/**
 * What precedes a record's Avro binary on the wire: a zero byte, then the schema's id in four big-endian bytes.
 *
 * <p>The format of Confluent's serializers, so that theirs read ours and ours theirs.
 */
public final class Framing {
    /** The first byte of every framed record. */
    public static final byte MAGIC = 0;
    /** Bytes before the Avro binary. */
    public static final int HEADER_BYTES = 5;

    private Framing() {}

    /** A record ready to be sent: header and Avro binary. */
    public static byte[] frame(int schemaId, byte[] avro) {
        return ByteBuffer.allocate(HEADER_BYTES + avro.length)
                .put(MAGIC)
                .putInt(schemaId)
                .put(avro)
                .array();
    }

    /**
     * The id of the schema a record was written with. Its Avro binary starts at {@link #HEADER_BYTES}.
     *
     * @throws NotFramedException if the bytes do not start with a header
     */
    public static int schemaId(byte[] framed) throws NotFramedException {
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

    /** Bytes that are not a framed record. */
    public static final class NotFramedException extends Exception {
        private static final long serialVersionUID = 1L;

        NotFramedException(String message) {
            super(message);
        }
    }
}
