package io.tailrace.protocol.record;

import io.tailrace.protocol.record.CorruptBatchException.Reason;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A view of one record batch v2 in a buffer. It copies nothing and does not use the buffer's position and limit.
 *
 * <p>{@code docs/format.md} draws the layout. Base offset and leader epoch are not covered by the checksum, so that a
 * leader can stamp them (KIP-98).
 *
 * <p>A view is created only if the whole batch is in the buffer and its magic is 2. The checksum is not checked.
 * Several threads may read a view while none stamps it.
 */
public final class RecordBatch {
    /** Bytes before the records. */
    public static final int HEADER_BYTES = 61;
    /** Bytes of base offset and length, which are not part of the length. */
    public static final int LENGTH_OVERHEAD_BYTES = 12;
    /** The smallest valid length. */
    public static final int LENGTH_MIN = HEADER_BYTES - LENGTH_OVERHEAD_BYTES;
    /** Bytes up to and including the magic. */
    public static final int PREFIX_BYTES = 17;
    /** The version of the format. */
    public static final byte MAGIC = 2;

    /** Positions of the header's fields from the start of the batch. */
    public static final int BASE_OFFSET_AT = 0;

    public static final int LENGTH_AT = 8;
    public static final int LEADER_EPOCH_AT = 12;
    public static final int MAGIC_AT = 16;
    public static final int CRC_AT = 17;
    public static final int ATTRIBUTES_AT = 21;
    public static final int LAST_OFFSET_DELTA_AT = 23;
    public static final int BASE_TIMESTAMP_AT = 27;
    public static final int MAX_TIMESTAMP_AT = 35;
    public static final int PRODUCER_ID_AT = 43;
    public static final int PRODUCER_EPOCH_AT = 51;
    public static final int BASE_SEQUENCE_AT = 53;
    public static final int RECORD_COUNT_AT = 57;

    /** The timestamp of a record without one. */
    public static final long NO_TIMESTAMP = -1;
    /** The producer id of a producer that is not idempotent. */
    public static final long NO_PRODUCER_ID = -1;
    /** The producer epoch of a batch without a producer id. */
    public static final short NO_PRODUCER_EPOCH = -1;
    /** The base sequence of a batch without a producer id. */
    public static final int NO_SEQUENCE = -1;
    /** The leader epoch of a batch that no leader has stamped. */
    public static final int NO_LEADER_EPOCH = -1;

    static final int COMPRESSION_MASK = 0x07;
    static final int LOG_APPEND_TIME_MASK = 0x08;
    static final int TRANSACTIONAL_MASK = 0x10;
    static final int CONTROL_MASK = 0x20;

    private final ByteBuffer buffer;
    private final int start;
    private final int sizeInBytes;

    private RecordBatch(ByteBuffer buffer, int start, int sizeInBytes) {
        this.buffer = buffer;
        this.start = start;
        this.sizeInBytes = sizeInBytes;
    }

    /**
     * Returns the batch at the buffer's position.
     *
     * @throws CorruptBatchException if there is no whole batch before the limit
     */
    public static RecordBatch at(ByteBuffer buffer) {
        RecordBatch batch = orNull(buffer.duplicate(), buffer.position());
        if (batch == null) {
            throw new CorruptBatchException(
                    Reason.LENGTH,
                    buffer.position(),
                    "batch",
                    "a whole batch",
                    "only " + buffer.remaining() + " bytes");
        }
        return batch;
    }

    /** Returns the batch at a position of a big-endian buffer, or null if the batch ends after the limit. */
    static @Nullable RecordBatch orNull(ByteBuffer buffer, int start) {
        int available = buffer.limit() - start;
        if (available < LENGTH_OVERHEAD_BYTES) {
            return null;
        }
        int length = buffer.getInt(start + LENGTH_AT);
        if (available >= PREFIX_BYTES && buffer.get(start + MAGIC_AT) != MAGIC) {
            throw new CorruptBatchException(
                    Reason.MAGIC,
                    start + (long) MAGIC_AT,
                    "magic of batch",
                    String.valueOf(MAGIC),
                    String.valueOf(buffer.get(start + MAGIC_AT)));
        }
        if (length < LENGTH_MIN || length > Integer.MAX_VALUE - LENGTH_OVERHEAD_BYTES) {
            throw new CorruptBatchException(
                    Reason.LENGTH, start + (long) LENGTH_AT, "length of batch", "at least " + LENGTH_MIN, "" + length);
        }
        int sizeInBytes = length + LENGTH_OVERHEAD_BYTES;
        return sizeInBytes > available ? null : new RecordBatch(buffer, start, sizeInBytes);
    }

    /** Offset of the first record. */
    public long baseOffset() {
        return buffer.getLong(start + BASE_OFFSET_AT);
    }

    /** Offset of the last record, even if compaction removed it. */
    public long lastOffset() {
        return baseOffset() + lastOffsetDelta();
    }

    /** Offset after the last record. */
    public long nextOffset() {
        return lastOffset() + 1;
    }

    /** Size of the batch, including the header. */
    public int sizeInBytes() {
        return sizeInBytes;
    }

    /** Epoch of the leader that appended the batch, or {@link #NO_LEADER_EPOCH}. */
    public int leaderEpoch() {
        return buffer.getInt(start + LEADER_EPOCH_AT);
    }

    /** The version of the format, always {@link #MAGIC}. */
    public byte magic() {
        return buffer.get(start + MAGIC_AT);
    }

    /** The checksum in the header, an unsigned 32-bit number. */
    public long crc() {
        return Integer.toUnsignedLong(buffer.getInt(start + CRC_AT));
    }

    short attributes() {
        return buffer.getShort(start + ATTRIBUTES_AT);
    }

    /**
     * The compression of the records.
     *
     * @throws CorruptBatchException if the id is unknown
     */
    public CompressionType compression() {
        int id = attributes() & COMPRESSION_MASK;
        if (!CompressionType.isKnown(id)) {
            throw new CorruptBatchException(
                    Reason.UNKNOWN_COMPRESSION,
                    start + (long) ATTRIBUTES_AT,
                    "compression of batch",
                    "0 to 4",
                    String.valueOf(id));
        }
        return CompressionType.ofId(id);
    }

    /** The meaning of the records' timestamps. */
    public TimestampType timestampType() {
        return (attributes() & LOG_APPEND_TIME_MASK) == 0 ? TimestampType.CREATE_TIME : TimestampType.LOG_APPEND_TIME;
    }

    /** Whether the batch is part of a transaction. */
    public boolean isTransactional() {
        return (attributes() & TRANSACTIONAL_MASK) != 0;
    }

    /** Whether the batch has a control record of a broker instead of records of clients. */
    public boolean isControl() {
        return (attributes() & CONTROL_MASK) != 0;
    }

    /** Last offset less base offset. */
    public int lastOffsetDelta() {
        return buffer.getInt(start + LAST_OFFSET_DELTA_AT);
    }

    /** The timestamp to which the records' timestamp deltas are added. */
    public long baseTimestampMs() {
        return buffer.getLong(start + BASE_TIMESTAMP_AT);
    }

    /** The largest timestamp of the records; with {@link TimestampType#LOG_APPEND_TIME} that of every record. */
    public long maxTimestampMs() {
        return buffer.getLong(start + MAX_TIMESTAMP_AT);
    }

    /** Id of the idempotent producer, or {@link #NO_PRODUCER_ID}. */
    public long producerId() {
        return buffer.getLong(start + PRODUCER_ID_AT);
    }

    /** Epoch of the idempotent producer, or {@link #NO_PRODUCER_EPOCH}. */
    public short producerEpoch() {
        return buffer.getShort(start + PRODUCER_EPOCH_AT);
    }

    /** Whether the batch comes from an idempotent producer. */
    public boolean hasProducerId() {
        return producerId() > NO_PRODUCER_ID;
    }

    /** Sequence number of the first record, or {@link #NO_SEQUENCE}. */
    public int baseSequence() {
        return buffer.getInt(start + BASE_SEQUENCE_AT);
    }

    /** Sequence number of the last record, or {@link #NO_SEQUENCE}. */
    public int lastSequence() {
        int base = baseSequence();
        return base == NO_SEQUENCE ? NO_SEQUENCE : sequenceAfter(base, lastOffsetDelta());
    }

    /** The number of records in the header; 0 if compaction removed all. */
    public int recordCount() {
        return buffer.getInt(start + RECORD_COUNT_AT);
    }

    /** The position of the batch in its buffer. */
    public int position() {
        return start;
    }

    int recordsPosition() {
        return start + HEADER_BYTES;
    }

    /** Returns a slice of the whole batch. */
    public ByteBuffer bytes() {
        return buffer.slice(start, sizeInBytes);
    }

    /** Returns a slice of the records, possibly compressed. */
    ByteBuffer recordBytes() {
        return buffer.slice(recordsPosition(), sizeInBytes - HEADER_BYTES);
    }

    /** Computes the checksum of the bytes. */
    public long computeCrc() {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(start + ATTRIBUTES_AT, sizeInBytes - ATTRIBUTES_AT));
        return crc.getValue();
    }

    /** Whether the bytes match the checksum in the header. */
    public boolean isCrcValid() {
        return crc() == computeCrc();
    }

    /**
     * Checks the checksum.
     *
     * @throws CorruptBatchException if the bytes do not match the checksum in the header
     */
    public void ensureCrc() {
        long computed = computeCrc();
        if (computed != crc()) {
            throw new CorruptBatchException(
                    Reason.CRC,
                    start + (long) CRC_AT,
                    "CRC of batch",
                    "0x%08X".formatted(computed),
                    "0x%08X".formatted(crc()));
        }
    }

    /** Sets base offset and leader epoch, in place. The checksum does not cover them. */
    public void stamp(long baseOffset, int leaderEpoch) {
        buffer.putLong(start + BASE_OFFSET_AT, baseOffset);
        buffer.putInt(start + LEADER_EPOCH_AT, leaderEpoch);
    }

    /** Sets the timestamp of all records, in place, and updates the checksum. */
    public void stampLogAppendTime(long nowMs) {
        buffer.putShort(start + ATTRIBUTES_AT, (short) (attributes() | LOG_APPEND_TIME_MASK));
        stampMaxTimestamp(nowMs);
    }

    /** Sets the max timestamp, in place, and updates the checksum. */
    public void stampMaxTimestamp(long maxTimestampMs) {
        buffer.putLong(start + MAX_TIMESTAMP_AT, maxTimestampMs);
        stampCrc();
    }

    /** Sets the idempotent producer, in place, and updates the checksum. */
    public void stampProducer(long producerId, short producerEpoch, int baseSequence) {
        buffer.putLong(start + PRODUCER_ID_AT, producerId);
        buffer.putShort(start + PRODUCER_EPOCH_AT, producerEpoch);
        buffer.putInt(start + BASE_SEQUENCE_AT, baseSequence);
        stampCrc();
    }

    void stampCrc() {
        buffer.putInt(start + CRC_AT, (int) computeCrc());
    }

    /** Adds to a sequence number, which wraps around from the largest int to 0. */
    public static int sequenceAfter(int sequence, int increment) {
        return (int) (((long) sequence + increment) & Integer.MAX_VALUE);
    }

    @Override
    public String toString() {
        return "batch of offsets %d to %d, %d bytes at %d".formatted(baseOffset(), lastOffset(), sizeInBytes, start);
    }
}
