package io.tailrace.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import io.tailrace.protocol.record.CorruptBatchException.Reason;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches with a valid checksum and invalid contents. */
class HostileBatchTest {
    private static final int MUTATIONS = 2000;
    private static final int DECOMPRESSED_BYTES_MAX = 1 << 18;
    /** The most one batch may allocate: output up to the limit, and the state of a codec. */
    private static final long ALLOCATED_BYTES_MAX = 4L * DECOMPRESSED_BYTES_MAX + (1 << 18);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void readsOrRefusesMutatedBatchesWithBoundedAllocation(CompressionType compression) {
        byte[] sound =
                TestRecord.batchOf(compression, TestRecord.random(random, 8, 0)).array();
        int size = RecordBatch.at(ByteBuffer.wrap(sound)).sizeInBytes();
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] bytes = sound.clone();
            int changes = 1 + random.nextInt(3);
            for (int change = 0; change < changes; change++) {
                int at = RecordBatch.ATTRIBUTES_AT + random.nextInt(size - RecordBatch.ATTRIBUTES_AT);
                bytes[at] = (byte) (random.nextBoolean() ? random.nextInt() : random.nextBoolean() ? -1 : 0x7f);
            }
            RecordBatch batch = RecordBatch.at(ByteBuffer.wrap(bytes, 0, size));
            batch.stampCrc();
            long before = THREADS.getCurrentThreadAllocatedBytes();
            readAll(batch);
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertThat(allocated).as("mutation %d, seed %d", i, seed).isLessThan(ALLOCATED_BYTES_MAX);
            new BatchValidator(DECOMPRESSED_BYTES_MAX)
                    .validate(
                            batch.bytes(),
                            new BatchRules(
                                    TimestampType.CREATE_TIME,
                                    Long.MAX_VALUE,
                                    0,
                                    Integer.MAX_VALUE,
                                    random.nextBoolean()),
                            TestRecord.START_MS);
        }
    }

    private static void readAll(RecordBatch batch) {
        try {
            RecordCursor cursor = RecordCursor.of(batch, new Decompressor(DECOMPRESSED_BYTES_MAX));
            while (cursor.next()) {
                cursor.key();
                cursor.value();
                cursor.headers();
            }
        } catch (CorruptBatchException e) {
            assertThat(e.getMessage()).contains("at byte");
        }
    }

    @Test
    void readsUncompressedRecordsWithoutAllocation() {
        ByteBuffer bytes = TestRecord.batchOf(CompressionType.NONE, TestRecord.random(random, 1000, 0));
        BatchValidator validator = new BatchValidator(1);
        BatchRules rules =
                new BatchRules(TimestampType.CREATE_TIME, Long.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE, false);
        validator.validate(bytes, rules, 0);
        long before = THREADS.getCurrentThreadAllocatedBytes();

        BatchVerdict verdict = validator.validate(bytes, rules, 0);

        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(4000);
        assertThat(verdict).isInstanceOf(BatchVerdict.Valid.class);
    }

    @ParameterizedTest
    @EnumSource(value = CompressionType.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void stopsDecompressionAtTheLimit(CompressionType compression) {
        RecordBatchBuilder builder = new RecordBatchBuilder(compression, Integer.MAX_VALUE);
        builder.append(0, null, new byte[50_000_000], List.of());
        RecordBatch bomb = RecordBatch.at(builder.build());
        long before = THREADS.getCurrentThreadAllocatedBytes();

        assertCorrupt(bomb, Reason.TOO_LARGE);

        // Snappy compresses to a twentieth at best, and blocks are read into arrays of their size.
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(ALLOCATED_BYTES_MAX);
    }

    @Test
    void refusesASnappyBlockWithAnImpossibleLength() {
        // A raw block: a preamble that claims 1 GiB, and a literal.
        assertCorrupt(compressed(CompressionType.SNAPPY, 0x80, 0x80, 0x80, 0x80, 0x04, 0x00, 0x61), Reason.COMPRESSION);
    }

    @Test
    void refusesASnappyBlockLongerThanItsBatch() {
        assertCorrupt(
                compressed(
                        CompressionType.SNAPPY,
                        0x82,
                        'S',
                        'N',
                        'A',
                        'P',
                        'P',
                        'Y',
                        0,
                        0,
                        0,
                        0,
                        1,
                        0,
                        0,
                        0,
                        1,
                        0x7f,
                        0xff,
                        0xff,
                        0xff,
                        1),
                Reason.COMPRESSION);
    }

    @Test
    void refusesDependentLz4Blocks() {
        assertCorrupt(
                compressed(CompressionType.LZ4, 0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0, 0, 0, 0, 0), Reason.COMPRESSION);
    }

    @Test
    void refusesAWrongLz4HeaderChecksum() {
        RecordBatch batch = RecordBatch.at(TestRecord.batchOf(CompressionType.LZ4, TestRecord.random(random, 3, 0)));
        ByteBuffer records = batch.recordBytes().order(ByteOrder.LITTLE_ENDIAN);
        assertThat(records.getInt(0)).isEqualTo(0x184D2204);
        records.put(6, (byte) (records.get(6) + 1));

        assertCorrupt(batch, Reason.COMPRESSION);
    }

    @ParameterizedTest
    @EnumSource(value = CompressionType.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void refusesTruncatedCompressedData(CompressionType compression) {
        byte[] sound =
                TestRecord.batchOf(compression, TestRecord.random(random, 2, 0)).array();
        int size = RecordBatch.at(ByteBuffer.wrap(sound)).sizeInBytes();
        for (int cut = RecordBatch.HEADER_BYTES; cut < size; cut++) {
            ByteBuffer bytes = ByteBuffer.wrap(sound.clone(), 0, cut);
            bytes.putInt(RecordBatch.LENGTH_AT, cut - RecordBatch.LENGTH_OVERHEAD_BYTES);
            RecordBatch batch = RecordBatch.at(bytes);
            assertThatExceptionOfType(CorruptBatchException.class)
                    .as("cut at %d, seed %d", cut, seed)
                    .isThrownBy(() -> TestRecord.allOf(batch));
        }
    }

    @Test
    void readsASnappyBlockWithoutFraming() throws Exception {
        List<TestRecord> records = TestRecord.random(random, 20, 0);
        RecordBatch plain = RecordBatch.at(TestRecord.batchOf(CompressionType.NONE, records));
        byte[] raw = new byte[plain.recordBytes().remaining()];
        plain.recordBytes().get(raw);
        byte[] block = org.xerial.snappy.Snappy.compress(raw);
        ByteBuffer bytes = ByteBuffer.allocate(RecordBatch.HEADER_BYTES + block.length)
                .put(plain.bytes().limit(RecordBatch.HEADER_BYTES))
                .put(block)
                .flip();
        bytes.putInt(RecordBatch.LENGTH_AT, bytes.limit() - RecordBatch.LENGTH_OVERHEAD_BYTES);
        bytes.putShort(RecordBatch.ATTRIBUTES_AT, (short) CompressionType.SNAPPY.id());

        assertThat(TestRecord.allOf(RecordBatch.at(bytes))).as("seed %d", seed).isEqualTo(records);
    }

    @Test
    void refusesEndlessVarints() {
        assertCorrupt(compressed(CompressionType.NONE, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01), Reason.RECORD);
        assertCorrupt(compressed(CompressionType.NONE, 0x80), Reason.RECORD);
        assertCorrupt(compressed(CompressionType.NONE), Reason.RECORD);
    }

    @Test
    void refusesOffsetDeltasOutsideTheBatch() {
        // length 6, attributes, timestamp delta, offset delta 1 or -1 in a batch of one, no key, no value, no headers
        assertCorrupt(compressed(CompressionType.NONE, 12, 0, 0, 2, 1, 1, 0), Reason.RECORD);
        assertCorrupt(compressed(CompressionType.NONE, 12, 0, 0, 1, 1, 1, 0), Reason.RECORD);
    }

    @Test
    void refusesOffsetDeltasThatDoNotIncrease() {
        RecordBatch batch = compressed(CompressionType.NONE, 12, 0, 0, 2, 1, 1, 0, 12, 0, 0, 2, 1, 1, 0);
        ByteBuffer header = batch.bytes();
        header.putInt(RecordBatch.RECORD_COUNT_AT, 2).putInt(RecordBatch.LAST_OFFSET_DELTA_AT, 1);
        RecordCursor cursor = RecordCursor.of(batch, new Decompressor(1));

        assertThat(cursor.next()).isTrue();
        assertThatExceptionOfType(CorruptBatchException.class)
                .isThrownBy(cursor::next)
                .withMessage("offset delta of record (record 1 of 2) at byte 72: expected 2 to 1, found 1");
    }

    @Test
    void refusesImpossibleHeaderCounts() {
        // length 10, attributes, timestamp delta, offset delta, null key and value, a count of 2^31-1
        RecordBatch batch = compressed(CompressionType.NONE, 20, 0, 0, 0, 1, 1, 0xfe, 0xff, 0xff, 0xff, 0x0f);

        assertCorrupt(batch, Reason.RECORD);
    }

    private static RecordBatch compressed(CompressionType compression, int... records) {
        ByteBuffer bytes = ByteBuffer.allocate(RecordBatch.HEADER_BYTES + records.length);
        for (int i = 0; i < records.length; i++) {
            bytes.put(RecordBatch.HEADER_BYTES + i, (byte) records[i]);
        }
        bytes.putInt(RecordBatch.LENGTH_AT, bytes.limit() - RecordBatch.LENGTH_OVERHEAD_BYTES)
                .put(RecordBatch.MAGIC_AT, RecordBatch.MAGIC)
                .putShort(RecordBatch.ATTRIBUTES_AT, (short) compression.id())
                .putInt(RecordBatch.RECORD_COUNT_AT, 1);
        return RecordBatch.at(bytes);
    }

    private static void assertCorrupt(RecordBatch batch, Reason reason) {
        assertThatExceptionOfType(CorruptBatchException.class)
                .isThrownBy(() -> RecordCursor.of(batch, new Decompressor(DECOMPRESSED_BYTES_MAX))
                        .next())
                .satisfies(e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }
}
