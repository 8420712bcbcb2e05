package io.tailrace.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compares record batches with Apache Kafka's classes, in both directions. */
class KafkaOracleTest {
    private static final int ROUNDS = 40;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void readsBatchesOfKafka(CompressionType compression) {
        for (int round = 0; round < ROUNDS; round++) {
            List<TestRecord> records = TestRecord.random(random, 1 + random.nextInt(60), 1000);
            ByteBuffer bytes = kafkaBatch(compression, records, 77, (short) 3, 5, 1000);

            RecordBatch batch = RecordBatch.at(bytes);

            assertThat(batch.isCrcValid()).as("seed %d", seed).isTrue();
            assertThat(TestRecord.allOf(batch)).as("seed %d", seed).isEqualTo(records);
            assertHeadersAgree(batch, onlyKafkaBatch(bytes));
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void kafkaReadsOurBatches(CompressionType compression) {
        for (int round = 0; round < ROUNDS; round++) {
            List<TestRecord> records = TestRecord.random(random, 1 + random.nextInt(60), 0);
            RecordBatchBuilder builder = new RecordBatchBuilder(compression, Integer.MAX_VALUE);
            records.forEach(record -> record.addTo(builder));
            builder.producer(9, (short) 1, Integer.MAX_VALUE - 3);
            ByteBuffer bytes = builder.build();
            RecordBatch batch = RecordBatch.at(bytes);
            batch.stamp(5_000_000_000L, 12);

            MutableRecordBatch theirs = onlyKafkaBatch(bytes);
            theirs.ensureValid();

            assertThat(readByKafka(theirs)).as("seed %d", seed).isEqualTo(shifted(records, 5_000_000_000L));
            assertHeadersAgree(batch, theirs);
        }
    }

    @Test
    void writesUncompressedBatchesByteForByteLikeKafka() {
        for (int round = 0; round < ROUNDS; round++) {
            List<TestRecord> records = TestRecord.random(random, 1 + random.nextInt(200), 0);
            RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, Integer.MAX_VALUE);
            records.forEach(record -> record.addTo(builder));
            builder.producer(77, (short) 3, 5);
            ByteBuffer ours = builder.build();
            RecordBatch.at(ours).stamp(0, 4);

            assertThat(ours)
                    .as("seed %d", seed)
                    .isEqualTo(kafkaBatch(CompressionType.NONE, records, 77, (short) 3, 5, 0));
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void readsAndWritesLargeBatches(CompressionType compression) {
        List<TestRecord> records = TestRecord.random(random, 4000, 0);

        ByteBuffer ours = TestRecord.batchOf(compression, records);
        ByteBuffer theirs = kafkaBatch(compression, records, -1, (short) -1, -1, 0);

        assertThat(readByKafka(onlyKafkaBatch(ours))).as("seed %d", seed).isEqualTo(records);
        assertThat(TestRecord.allOf(RecordBatch.at(theirs))).as("seed %d", seed).isEqualTo(records);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void stampsLogAppendTimeLikeKafka(CompressionType compression) {
        ByteBuffer bytes = TestRecord.batchOf(compression, TestRecord.random(random, 20, 0));
        RecordBatch batch = RecordBatch.at(bytes);

        batch.stampLogAppendTime(1_700_000_000_000L);

        MutableRecordBatch theirs = onlyKafkaBatch(bytes);
        theirs.ensureValid();
        assertHeadersAgree(batch, theirs);
        assertThat(readByKafka(theirs)).as("seed %d", seed).isEqualTo(TestRecord.allOf(batch));
        assertThat(TestRecord.allOf(batch)).extracting(TestRecord::timestampMs).containsOnly(1_700_000_000_000L);
    }

    @Test
    void readsTransactionMarkersAsControlBatches() {
        MemoryRecords marker = MemoryRecords.withEndTransactionMarker(
                42, TestRecord.START_MS, 6, 4711, (short) 2, new EndTransactionMarker(ControlRecordType.COMMIT, 9));

        RecordBatch batch = RecordBatch.at(marker.buffer());

        assertThat(batch.isControl()).isTrue();
        assertThat(batch.isTransactional()).isTrue();
        assertHeadersAgree(batch, onlyKafkaBatch(marker.buffer()));
        assertThat(TestRecord.allOf(batch)).isEqualTo(readByKafka(onlyKafkaBatch(marker.buffer())));
    }

    private static void assertHeadersAgree(RecordBatch ours, MutableRecordBatch theirs) {
        assertThat(ours.baseOffset()).isEqualTo(theirs.baseOffset());
        assertThat(ours.lastOffset()).isEqualTo(theirs.lastOffset());
        assertThat(ours.nextOffset()).isEqualTo(theirs.nextOffset());
        assertThat(ours.sizeInBytes()).isEqualTo(theirs.sizeInBytes());
        assertThat(ours.leaderEpoch()).isEqualTo(theirs.partitionLeaderEpoch());
        assertThat(ours.magic()).isEqualTo(theirs.magic());
        assertThat(ours.crc()).isEqualTo(theirs.checksum());
        assertThat(ours.compression().name()).isEqualTo(theirs.compressionType().name());
        assertThat(ours.timestampType().configName()).isEqualTo(theirs.timestampType().name);
        assertThat(ours.isTransactional()).isEqualTo(theirs.isTransactional());
        assertThat(ours.isControl()).isEqualTo(theirs.isControlBatch());
        assertThat(ours.maxTimestampMs()).isEqualTo(theirs.maxTimestamp());
        assertThat(ours.producerId()).isEqualTo(theirs.producerId());
        assertThat(ours.hasProducerId()).isEqualTo(theirs.hasProducerId());
        assertThat(ours.producerEpoch()).isEqualTo(theirs.producerEpoch());
        assertThat(ours.baseSequence()).isEqualTo(theirs.baseSequence());
        assertThat(ours.lastSequence()).isEqualTo(theirs.lastSequence());
        assertThat(ours.recordCount()).isEqualTo(theirs.countOrNull());
    }

    static ByteBuffer kafkaBatch(
            CompressionType compression,
            List<TestRecord> records,
            long producerId,
            short producerEpoch,
            int baseSequence,
            long baseOffset) {
        SimpleRecord[] theirs = records.stream()
                .map(record ->
                        new SimpleRecord(record.timestampMs(), record.key(), record.value(), kafkaHeaders(record)))
                .toArray(SimpleRecord[]::new);
        return MemoryRecords.withRecords(
                        org.apache.kafka.common.record.internal.RecordBatch.MAGIC_VALUE_V2,
                        baseOffset,
                        kafkaCompression(compression),
                        TimestampType.CREATE_TIME,
                        producerId,
                        producerEpoch,
                        baseSequence,
                        4,
                        false,
                        theirs)
                .buffer();
    }

    private static Compression kafkaCompression(CompressionType compression) {
        return switch (compression) {
            case NONE -> Compression.NONE;
            case GZIP -> Compression.gzip().build();
            case SNAPPY -> Compression.snappy().build();
            case LZ4 -> Compression.lz4().build();
            case ZSTD -> Compression.zstd().build();
        };
    }

    private static Header[] kafkaHeaders(TestRecord record) {
        return record.headers().stream()
                .map(header -> new RecordHeader(header.key(), header.value()))
                .toArray(Header[]::new);
    }

    static MutableRecordBatch onlyKafkaBatch(ByteBuffer bytes) {
        List<MutableRecordBatch> batches = new ArrayList<>();
        MemoryRecords.readableRecords(bytes.duplicate()).batches().forEach(batches::add);
        assertThat(batches).hasSize(1);
        return batches.get(0);
    }

    static List<TestRecord> readByKafka(MutableRecordBatch batch) {
        List<TestRecord> records = new ArrayList<>();
        for (Record record : batch) {
            List<String> keys = new ArrayList<>();
            List<@Nullable ByteBuffer> values = new ArrayList<>();
            for (Header header : record.headers()) {
                keys.add(header.key());
                values.add(header.value() == null ? null : ByteBuffer.wrap(header.value()));
            }
            records.add(new TestRecord(
                    record.offset(), record.timestamp(), copy(record.key()), copy(record.value()), keys, values));
        }
        return records;
    }

    private static @Nullable ByteBuffer copy(@Nullable ByteBuffer buffer) {
        byte[] array = TestRecord.array(buffer);
        return array == null ? null : ByteBuffer.wrap(array);
    }

    private static List<TestRecord> shifted(List<TestRecord> records, long baseOffset) {
        return records.stream()
                .map(record -> new TestRecord(
                        record.offset() + baseOffset,
                        record.timestampMs(),
                        record.key(),
                        record.value(),
                        record.headerKeys(),
                        record.headerValues()))
                .toList();
    }
}
