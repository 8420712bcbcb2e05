package io.tailrace.protocol.record;

import io.tailrace.protocol.ErrorCode;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a batch from a client may be appended: checks its checksum, header, records and the topic's rules.
 *
 * <p>Uncompressed records are read in place, compressed ones in memory that is reused between batches. Not thread-safe.
 * Needs no lock of a partition; callers should hold none.
 */
public final class BatchValidator {
    private final Decompressor decompressor;

    /**
     * Creates a validator.
     *
     * @param decompressedBytesMax the most bytes of a batch's decompressed records, inclusive
     */
    public BatchValidator(int decompressedBytesMax) {
        this.decompressor = new Decompressor(decompressedBytesMax);
    }

    /**
     * Validates the one batch that the buffer must have from its position to its limit.
     *
     * <p>A header with a wrong max timestamp is corrected in place, not refused: some clients send it, and Apache Kafka
     * corrects it too.
     *
     * @param nowMs the current time
     */
    public BatchVerdict validate(ByteBuffer bytes, BatchRules rules, long nowMs) {
        RecordBatch batch;
        try {
            batch = RecordBatch.at(bytes);
            if (batch.sizeInBytes() != bytes.remaining()) {
                return refuse(
                        ErrorCode.INVALID_RECORD,
                        "expected one batch, found %d bytes after the first, which has %d bytes"
                                .formatted(bytes.remaining() - batch.sizeInBytes(), batch.sizeInBytes()));
            }
            batch.ensureCrc();
            return validate(batch, rules, nowMs);
        } catch (CorruptBatchException e) {
            return refuse(errorOf(e.reason()), String.valueOf(e.getMessage()));
        }
    }

    private BatchVerdict validate(RecordBatch batch, BatchRules rules, long nowMs) {
        String fault = faultOfHeader(batch);
        if (fault != null) {
            return refuse(ErrorCode.INVALID_RECORD, fault);
        }
        if (batch.timestampType() != TimestampType.CREATE_TIME) {
            return refuse(
                    ErrorCode.INVALID_TIMESTAMP,
                    "timestamp type: expected CreateTime from a client, found LogAppendTime");
        }
        int recordBytesMax =
                batch.compression() == CompressionType.NONE ? Integer.MAX_VALUE : rules.decompressedRecordBytesMax();
        long maxTimestampMs = RecordBatch.NO_TIMESTAMP;
        int maxTimestampOffsetDelta = 0;
        RecordCursor record = RecordCursor.of(batch, decompressor);
        while (record.next()) {
            BatchVerdict.Invalid invalid = validate(record, rules, nowMs);
            if (invalid != null) {
                return invalid;
            }
            if (record.sizeInBytes() > recordBytesMax) {
                return new BatchVerdict.Invalid(
                        ErrorCode.INVALID_RECORD,
                        "decompressed size of record %d: expected at most %d bytes (max.decompressed.message.bytes), found %d"
                                .formatted(record.index(), recordBytesMax, record.sizeInBytes()),
                        record.index());
            }
            long timestampMs = record.timestampMs();
            if (timestampMs > maxTimestampMs) {
                maxTimestampMs = timestampMs;
                maxTimestampOffsetDelta = record.offsetDelta();
            }
        }
        if (rules.timestampType() == TimestampType.CREATE_TIME && batch.maxTimestampMs() != maxTimestampMs) {
            batch.stampMaxTimestamp(maxTimestampMs);
        }
        return new BatchVerdict.Valid(batch.recordCount(), maxTimestampMs, maxTimestampOffsetDelta);
    }

    private static BatchVerdict.@Nullable Invalid validate(RecordCursor record, BatchRules rules, long nowMs) {
        int index = record.index();
        if (record.offsetDelta() != index) {
            return new BatchVerdict.Invalid(
                    ErrorCode.INVALID_RECORD,
                    "offset delta of record %d: expected %d, found %d".formatted(index, index, record.offsetDelta()),
                    index);
        }
        if (rules.keysRequired() && !record.hasKey()) {
            return new BatchVerdict.Invalid(
                    ErrorCode.INVALID_RECORD,
                    "key of record %d: expected one in a compacted topic, found none".formatted(index),
                    index);
        }
        long timestampMs = record.timestampMs();
        boolean isTimestampValid = timestampMs == RecordBatch.NO_TIMESTAMP
                || (timestampMs >= rules.earliestMs(nowMs) && timestampMs <= rules.latestMs(nowMs));
        if (rules.timestampType() == TimestampType.CREATE_TIME && !isTimestampValid) {
            return new BatchVerdict.Invalid(
                    ErrorCode.INVALID_TIMESTAMP,
                    "timestamp of record %d: expected %d to %d, found %d"
                            .formatted(index, rules.earliestMs(nowMs), rules.latestMs(nowMs), timestampMs),
                    index);
        }
        return null;
    }

    private static @Nullable String faultOfHeader(RecordBatch batch) {
        if (batch.isControl()) {
            return "expected a batch of records from a client, found a control batch";
        }
        int count = batch.recordCount();
        if (count <= 0 || batch.lastOffsetDelta() != count - 1) {
            return "expected a record count of at least 1 and a last offset delta one less, found %d and %d"
                    .formatted(count, batch.lastOffsetDelta());
        }
        boolean idempotent = batch.hasProducerId();
        if (idempotent && (batch.producerEpoch() < 0 || batch.baseSequence() < 0)) {
            return "producer id %d: expected epoch and base sequence of at least 0, found %d and %d"
                    .formatted(batch.producerId(), batch.producerEpoch(), batch.baseSequence());
        }
        if (!idempotent && batch.isTransactional()) {
            return "producer id: expected one in a transactional batch, found none";
        }
        return null;
    }

    private static ErrorCode errorOf(CorruptBatchException.Reason reason) {
        return switch (reason) {
            case LENGTH, CRC -> ErrorCode.CORRUPT_MESSAGE;
            case MAGIC -> ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT;
            case UNKNOWN_COMPRESSION -> ErrorCode.UNSUPPORTED_COMPRESSION_TYPE;
            case TOO_LARGE -> ErrorCode.MESSAGE_TOO_LARGE;
            case COMPRESSION, RECORD -> ErrorCode.INVALID_RECORD;
        };
    }

    private static BatchVerdict refuse(ErrorCode error, String message) {
        return new BatchVerdict.Invalid(error, message, -1);
    }
}
