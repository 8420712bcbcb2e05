package io.tailrace.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchValidatorTest {
    private static final long NOW_MS = TestRecord.START_MS;
    private static final long HOUR_MS = 3_600_000;
    private static final BatchRules RULES =
            new BatchRules(TimestampType.CREATE_TIME, Long.MAX_VALUE, HOUR_MS, Integer.MAX_VALUE, false);

    private final BatchValidator validator = new BatchValidator(1 << 22);

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void acceptsAValidBatch(CompressionType compression) {
        ByteBuffer batch = batch(compression, NOW_MS - 5, NOW_MS + 7, NOW_MS, NOW_MS + 7);

        assertThat(validator.validate(batch, RULES, NOW_MS)).isEqualTo(new BatchVerdict.Valid(4, NOW_MS + 7, 1));
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void refusesATimestampTooFarInTheFuture(CompressionType compression) {
        ByteBuffer batch = batch(compression, NOW_MS, NOW_MS + HOUR_MS, NOW_MS + HOUR_MS + 1);

        assertRefused(batch, RULES, ErrorCode.INVALID_TIMESTAMP, 2);
        assertThat(validator.validate(batch, RULES, NOW_MS + 1)).isInstanceOf(BatchVerdict.Valid.class);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void refusesATimestampTooFarInThePast(CompressionType compression) {
        BatchRules rules = new BatchRules(TimestampType.CREATE_TIME, HOUR_MS, Long.MAX_VALUE, Integer.MAX_VALUE, false);
        ByteBuffer batch = batch(compression, NOW_MS, NOW_MS - HOUR_MS, -1, NOW_MS - HOUR_MS - 1);

        assertRefused(batch, rules, ErrorCode.INVALID_TIMESTAMP, 3);
        assertThat(validator.validate(batch, rules, NOW_MS - 1)).isInstanceOf(BatchVerdict.Valid.class);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void refusesALargeRecordOfACompressedBatch(CompressionType compression) {
        RecordBatchBuilder builder = new RecordBatchBuilder(compression, 5000);
        builder.append(NOW_MS, null, new byte[100], List.of());
        builder.append(NOW_MS, null, new byte[1000], List.of());
        ByteBuffer batch = builder.build();
        BatchRules rules = new BatchRules(TimestampType.CREATE_TIME, Long.MAX_VALUE, HOUR_MS, 1000, false);

        if (compression == CompressionType.NONE) {
            assertThat(validator.validate(batch, rules, NOW_MS)).isInstanceOf(BatchVerdict.Valid.class);
        } else {
            assertRefused(batch, rules, ErrorCode.INVALID_RECORD, 1);
        }
    }

    @Test
    void acceptsAnyTimestampWithoutALimit() {
        BatchRules rules =
                new BatchRules(TimestampType.CREATE_TIME, Long.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE, false);

        assertThat(validator.validate(batch(CompressionType.NONE, Long.MAX_VALUE / 2), rules, NOW_MS))
                .isInstanceOf(BatchVerdict.Valid.class);
    }

    @Test
    void ignoresTimestampsWithLogAppendTime() {
        BatchRules rules = new BatchRules(TimestampType.LOG_APPEND_TIME, Long.MAX_VALUE, 0, Integer.MAX_VALUE, false);

        assertThat(validator.validate(batch(CompressionType.NONE, NOW_MS + HOUR_MS), rules, NOW_MS))
                .isInstanceOf(BatchVerdict.Valid.class);
    }

    @Test
    void acceptsABatchWithoutTimestamps() {
        assertThat(validator.validate(batch(CompressionType.NONE, -1, -1), RULES, NOW_MS))
                .isEqualTo(new BatchVerdict.Valid(2, RecordBatch.NO_TIMESTAMP, 0));
    }

    @Test
    void refusesATimestampThatOverflows() {
        ByteBuffer batch = batch(CompressionType.NONE, NOW_MS, NOW_MS + 60_000);
        batch.putLong(RecordBatch.BASE_TIMESTAMP_AT, Long.MAX_VALUE - 1000);
        RecordBatch.at(batch).stampCrc();
        BatchRules rules =
                new BatchRules(TimestampType.CREATE_TIME, Long.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE, false);

        assertRefused(batch, rules, ErrorCode.INVALID_TIMESTAMP, 1);
    }

    @Test
    void correctsAWrongMaxTimestamp() {
        ByteBuffer batch = batch(CompressionType.NONE, NOW_MS, NOW_MS + 10);
        RecordBatch.at(batch).stampMaxTimestamp(0);

        assertThat(validator.validate(batch, RULES, NOW_MS)).isEqualTo(new BatchVerdict.Valid(2, NOW_MS + 10, 1));

        assertThat(RecordBatch.at(batch).maxTimestampMs()).isEqualTo(NOW_MS + 10);
        assertThat(RecordBatch.at(batch).isCrcValid()).isTrue();
    }

    @Test
    void refusesLogAppendTimeFromAClient() {
        ByteBuffer batch = batch(CompressionType.NONE, NOW_MS);
        RecordBatch.at(batch).stampLogAppendTime(NOW_MS);

        assertRefused(batch, RULES, ErrorCode.INVALID_TIMESTAMP, -1);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void refusesARecordWithoutARequiredKey(CompressionType compression) {
        BatchRules rules = new BatchRules(TimestampType.CREATE_TIME, Long.MAX_VALUE, HOUR_MS, Integer.MAX_VALUE, true);
        RecordBatchBuilder builder = new RecordBatchBuilder(compression, 1000);
        builder.append(NOW_MS, new byte[0], null, List.of());
        assertThat(validator.validate(builder.build(), rules, NOW_MS)).isInstanceOf(BatchVerdict.Valid.class);

        assertRefused(batch(compression, NOW_MS), rules, ErrorCode.INVALID_RECORD, 0);
    }

    @Test
    void refusesAWrongChecksum() {
        ByteBuffer batch = batch(CompressionType.NONE, NOW_MS);
        batch.put(RecordBatch.HEADER_BYTES, (byte) (batch.get(RecordBatch.HEADER_BYTES) ^ 1));

        assertRefused(batch, RULES, ErrorCode.CORRUPT_MESSAGE, -1);
    }

    @Test
    void refusesMoreOrLessThanOneBatch() {
        ByteBuffer batch = batch(CompressionType.NONE, NOW_MS);
        ByteBuffer two = ByteBuffer.allocate(batch.remaining() * 2)
                .put(batch.duplicate())
                .put(batch.duplicate())
                .flip();

        assertRefused(two, RULES, ErrorCode.INVALID_RECORD, -1);
        assertRefused(batch.slice(0, batch.remaining() - 1), RULES, ErrorCode.CORRUPT_MESSAGE, -1);
        assertRefused(ByteBuffer.allocate(0), RULES, ErrorCode.CORRUPT_MESSAGE, -1);
    }

    @Test
    void refusesOlderFormats() {
        ByteBuffer batch = batch(CompressionType.NONE, NOW_MS);
        batch.put(RecordBatch.MAGIC_AT, (byte) 1);

        assertRefused(batch, RULES, ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT, -1);
    }

    @Test
    void refusesAnUnknownCompression() {
        ByteBuffer batch = batch(CompressionType.NONE, NOW_MS);
        batch.putShort(RecordBatch.ATTRIBUTES_AT, (short) 6);
        RecordBatch.at(batch).stampCrc();

        assertRefused(batch, RULES, ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, -1);
    }

    @Test
    void refusesControlBatches() {
        ByteBuffer marker = MemoryRecords.withEndTransactionMarker(
                        0, NOW_MS, 6, 4711, (short) 2, new EndTransactionMarker(ControlRecordType.ABORT, 9))
                .buffer();

        assertRefused(marker, RULES, ErrorCode.INVALID_RECORD, -1);
    }

    @Test
    void refusesWrongCounts() {
        for (int count : new int[] {0, -1, 1, 3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            ByteBuffer batch = batch(CompressionType.NONE, NOW_MS, NOW_MS);
            batch.putInt(RecordBatch.RECORD_COUNT_AT, count);
            RecordBatch.at(batch).stampCrc();
            assertRefused(batch, RULES, ErrorCode.INVALID_RECORD, -1);
            batch.putInt(RecordBatch.LAST_OFFSET_DELTA_AT, count - 1);
            RecordBatch.at(batch).stampCrc();
            assertRefused(batch, RULES, ErrorCode.INVALID_RECORD, -1);
        }
    }

    @Test
    void refusesAGapInOffsets() {
        ByteBuffer batch = batch(CompressionType.NONE, NOW_MS, NOW_MS, NOW_MS);
        // After length, attributes and timestamp delta of the record, one byte each.
        int offsetDeltaAt = RecordBatch.HEADER_BYTES + 3;
        assertThat(batch.get(offsetDeltaAt)).isZero();
        batch.put(offsetDeltaAt, zigzag(1));
        RecordBatch.at(batch).stampCrc();
        assertRefused(batch, RULES, ErrorCode.INVALID_RECORD, 0);
        batch.put(offsetDeltaAt, zigzag(-1));
        RecordBatch.at(batch).stampCrc();
        assertRefused(batch, RULES, ErrorCode.INVALID_RECORD, -1);
    }

    private static byte zigzag(int value) {
        return (byte) (value << 1 ^ value >> 31);
    }

    @Test
    void refusesAProducerIdWithoutEpochOrSequence() {
        ByteBuffer batch = batch(CompressionType.NONE, NOW_MS);
        RecordBatch.at(batch).stampProducer(5, (short) 0, 0);
        assertThat(validator.validate(batch, RULES, NOW_MS)).isInstanceOf(BatchVerdict.Valid.class);

        RecordBatch.at(batch).stampProducer(5, (short) 0, -1);
        assertRefused(batch, RULES, ErrorCode.INVALID_RECORD, -1);
        RecordBatch.at(batch).stampProducer(5, (short) -1, 0);
        assertRefused(batch, RULES, ErrorCode.INVALID_RECORD, -1);
    }

    @ParameterizedTest
    @EnumSource(value = CompressionType.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void refusesRecordsThatDecompressToMoreThanTheLimit(CompressionType compression) {
        RecordBatchBuilder builder = new RecordBatchBuilder(compression, Integer.MAX_VALUE);
        builder.append(NOW_MS, null, new byte[(1 << 22) + 1], List.of());

        assertRefused(builder.build(), RULES, ErrorCode.MESSAGE_TOO_LARGE, -1);
    }

    private void assertRefused(ByteBuffer batch, BatchRules rules, ErrorCode error, int recordIndex) {
        ByteBuffer before =
                ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
        BatchVerdict verdict = validator.validate(batch, rules, NOW_MS);
        assertThat(verdict).isInstanceOfSatisfying(BatchVerdict.Invalid.class, invalid -> {
            assertThat(invalid.error()).as(invalid.message()).isEqualTo(error);
            assertThat(invalid.recordIndex()).as(invalid.message()).isEqualTo(recordIndex);
            assertThat(invalid.message()).isNotBlank();
        });
        assertThat(batch).isEqualTo(before);
    }

    private static ByteBuffer batch(CompressionType compression, long... timestampsMs) {
        Random random = new Random(7);
        RecordBatchBuilder builder = new RecordBatchBuilder(compression, Integer.MAX_VALUE);
        for (long timestampMs : timestampsMs) {
            byte[] value = new byte[50];
            random.nextBytes(value);
            builder.append(timestampMs, null, value, List.of(new RecordHeader("k", null)));
        }
        return builder.build();
    }
}
