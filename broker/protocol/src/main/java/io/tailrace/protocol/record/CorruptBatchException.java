package io.tailrace.protocol.record;

/**
 * Bytes are not a valid record batch.
 *
 * <p>Positions count from the start of the buffer, or for {@link Reason#RECORD} in a compressed batch from the start of
 * the decompressed records.
 */
public final class CorruptBatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The fault. */
    public enum Reason {
        /** The batch's length is invalid. */
        LENGTH,
        /** The batch has another format than v2. */
        MAGIC,
        /** The checksum does not match. */
        CRC,
        /** The compression id is unknown. */
        UNKNOWN_COMPRESSION,
        /** The records do not decompress. */
        COMPRESSION,
        /** The decompressed records exceed the limit. */
        TOO_LARGE,
        /** A record is invalid, or the number of records is wrong. */
        RECORD
    }

    private final Reason reason;
    private final long position;

    CorruptBatchException(Reason reason, long position, String what, String expected, String actual) {
        super("%s at byte %d: expected %s, found %s".formatted(what, position, expected, actual));
        this.reason = reason;
        this.position = position;
    }

    CorruptBatchException(Reason reason, long position, String what, Throwable cause) {
        super("%s at byte %d: %s".formatted(what, position, cause.getMessage()), cause);
        this.reason = reason;
        this.position = position;
    }

    /** The fault. */
    public Reason reason() {
        return reason;
    }

    /** The byte at which the fault was found. */
    public long position() {
        return position;
    }
}
