package io.tailrace.protocol.record;

import io.tailrace.protocol.ErrorCode;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a batch that a client sent may be appended: checksum, header, every record, and the topic's rules.
 *
 * <p>Uncompressed records are walked where they lie, with no allocation for each; compressed ones in memory that is
 * kept between batches. So one thread at a time, and no lock of a partition is needed or should be held.
 */
public final class BatchValidator {
    private final Decompressor decompressor;

    /**
     * Creates a validator.
     *
     * @param decompressedBytesMax bound on the decompressed records of a batch, inclusive
     */
    public BatchValidator(int decompressedBytesMax) {
        this.decompressor = new Decompressor(decompressedBytesMax);
    }

    /**
     * Judges the one batch that a buffer must hold from its position to its limit.
     *
     * <p>One thing is corrected in place and not refused, as some clients send it and Apache Kafka does so too: a
     * header that does not state the greatest timestamp of its records.
     *
     * @param nowMs the time that timestamps in the future are measured from
     */
    public BatchVerdict validate(ByteBuffer bytes, BatchRules rules, long nowMs) {
        RecordBatch batch;
        try {
            batch = RecordBatch.at(bytes);
            if (batch.sizeInBytes() != bytes.remaining()) {
                return refuse(
                        ErrorCode.INVALID_RECORD,
                        "%d bytes of records, of which the first batch is %d: expected one batch"
                                .formatted(bytes.remaining(), batch.sizeInBytes()));
            }
            batch.ensureCrc();
            return judge(batch, rules, nowMs);
        } catch (CorruptBatchException e) {
            return refuse(errorOf(e.reason()), String.valueOf(e.getMessage()));
        }
    }

    private BatchVerdict judge(RecordBatch batch, BatchRules rules, long nowMs) {
        String wrong = wrongInHeader(batch);
        if (wrong != null) {
            return refuse(ErrorCode.INVALID_RECORD, wrong);
        }
        if (batch.timestampType() != TimestampType.CREATE_TIME) {
            return refuse(ErrorCode.INVALID_TIMESTAMP, "timestamp type is LogAppendTime: only a leader may say so");
        }
        long latestMs = saturatedSum(nowMs, rules.timestampAfterMaxMs());
        long maxTimestampMs = RecordBatch.NO_TIMESTAMP;
        int maxTimestampOffsetDelta = 0;
        RecordCursor record = RecordCursor.of(batch, decompressor);
        while (record.next()) {
            BatchVerdict.Invalid invalid = judge(record, rules, latestMs);
            if (invalid != null) {
                return invalid;
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

    private static BatchVerdict.@Nullable Invalid judge(RecordCursor record, BatchRules rules, long latestMs) {
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
                    "record %d has no key: a compacted topic needs one".formatted(index),
                    index);
        }
        long timestampMs = record.timestampMs();
        boolean timestampHolds = timestampMs >= RecordBatch.NO_TIMESTAMP && timestampMs <= latestMs;
        if (rules.timestampType() == TimestampType.CREATE_TIME && !timestampHolds) {
            return new BatchVerdict.Invalid(
                    ErrorCode.INVALID_TIMESTAMP,
                    "timestamp of record %d: expected at most %d, found %d".formatted(index, latestMs, timestampMs),
                    index);
        }
        return null;
    }

    private static @Nullable String wrongInHeader(RecordBatch batch) {
        if (batch.isControl()) {
            return "control batch: only a broker may write one";
        }
        int count = batch.recordCount();
        if (count <= 0 || batch.lastOffsetDelta() != count - 1) {
            return "record count %d and last offset delta %d: expected at least one record, and a delta one less"
                    .formatted(count, batch.lastOffsetDelta());
        }
        boolean idempotent = batch.hasProducerId();
        if (idempotent && (batch.producerEpoch() < 0 || batch.baseSequence() < 0)) {
            return "producer id %d with epoch %d and sequence %d: expected neither to be negative"
                    .formatted(batch.producerId(), batch.producerEpoch(), batch.baseSequence());
        }
        if (!idempotent && batch.isTransactional()) {
            return "transactional batch without a producer id";
        }
        return null;
    }

    private static long saturatedSum(long a, long b) {
        long sum = a + b;
        return a > 0 && sum < 0 ? Long.MAX_VALUE : sum;
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
