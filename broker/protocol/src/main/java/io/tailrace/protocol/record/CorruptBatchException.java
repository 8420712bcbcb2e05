package io.tailrace.protocol.record;

/**
 * Bytes that are not the record batch they should be.
 *
 * <p>Positions count from the start of the buffer that was read, or, for {@link Reason#RECORD} of a compressed batch,
 * from the start of its decompressed records.
 */
public final class CorruptBatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What does not hold. */
    public enum Reason {
        /** The batch's length cannot be. */
        LENGTH,
        /** The batch is of another format than v2. */
        MAGIC,
        /** The checksum is not that of the bytes. */
        CRC,
        /** The compression id has no meaning. */
        UNKNOWN_COMPRESSION,
        /** The compressed bytes do not decompress. */
        COMPRESSION,
        /** The records decompress to more than the bound. */
        TOO_LARGE,
        /** A record, or the number of records, is not as its batch says. */
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

    /** What does not hold. */
    public Reason reason() {
        return reason;
    }

    /** The byte at which it shows. */
    public long position() {
        return position;
    }
}
