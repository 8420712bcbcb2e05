package io.tailrace.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchFilterTest {
    private static final int BYTES_MAX = 1 << 20;

    private final BatchFilter filter = new BatchFilter(BYTES_MAX);

    private static RecordBatch batch(CompressionType compression) {
        RecordBatchBuilder builder = new RecordBatchBuilder(compression, BYTES_MAX);
        builder.producer(77, (short) 3, 40);
        for (int i = 0; i < 6; i++) {
            byte[] key = ("key-" + i).getBytes(StandardCharsets.UTF_8);
            byte[] value = i == 4 ? null : "value ".repeat(20 + i).getBytes(StandardCharsets.UTF_8);
            builder.append(1_000 + 10 * i, key, value, List.of(new RecordHeader("h-" + i, new byte[] {1})));
        }
        RecordBatch batch = RecordBatch.at(builder.build());
        batch.stamp(5_000, 9);
        return batch;
    }

    private static List<String> recordsOf(RecordBatch batch) {
        List<String> records = new ArrayList<>();
        RecordCursor record = RecordCursor.of(batch, new Decompressor(BYTES_MAX));
        while (record.next()) {
            records.add("%d %d %s %s %s"
                    .formatted(
                            record.offset(),
                            record.timestampMs(),
                            StandardCharsets.UTF_8.decode(record.key()),
                            record.hasValue() ? StandardCharsets.UTF_8.decode(record.value()) : "-",
                            record.headers().get(0).key()));
        }
        return records;
    }

    @ParameterizedTest
    @EnumSource
    void theRestOfABatchKeepsOffsetsTimesAndProducer(CompressionType compression) {
        RecordBatch batch = batch(compression);
        List<String> all = recordsOf(batch);
        RecordBatch rest = RecordBatch.at(
                filter.filter(batch, record -> record.offset() % 3 == 1).orElseThrow());

        rest.ensureCrc();
        assertThat(recordsOf(rest)).containsExactly(all.get(2), all.get(5));
        assertThat(rest.compression()).isEqualTo(compression);
        assertThat(rest.baseOffset()).isEqualTo(5_000);
        assertThat(rest.lastOffset()).isEqualTo(5_005);
        assertThat(rest.leaderEpoch()).isEqualTo(9);
        assertThat(rest.recordCount()).isEqualTo(2);
        assertThat(rest.maxTimestampMs()).isEqualTo(1_050);
        assertThat(rest.producerId()).isEqualTo(77);
        assertThat(rest.producerEpoch()).isEqualTo((short) 3);
        assertThat(rest.baseSequence()).isEqualTo(40);
        assertThat(rest.lastSequence()).isEqualTo(45);

        RecordBatch again = RecordBatch.at(
                filter.filter(rest, record -> record.offset() == 5_002).orElseThrow());
        assertThat(recordsOf(again)).containsExactly(all.get(2));
        assertThat(again.maxTimestampMs()).isEqualTo(1_020);
    }

    @ParameterizedTest
    @EnumSource
    void aBatchOfWhichAllStaysIsNotCopied(CompressionType compression) {
        RecordBatch batch = batch(compression);
        ByteBuffer same = filter.filter(batch, record -> true).orElseThrow();
        assertThat(same).isEqualTo(batch.bytes());
        batch.stamp(9_000, 9);
        assertThat(RecordBatch.at(same).baseOffset()).as("the same memory").isEqualTo(9_000);
    }

    @ParameterizedTest
    @EnumSource
    void anEmptiedBatchStillCoversItsOffsetsAndSequences(CompressionType compression) {
        RecordBatch batch = batch(compression);
        assertThat(filter.filter(batch, record -> false)).isEmpty();
        RecordBatch empty = RecordBatch.at(BatchFilter.emptied(batch));

        empty.ensureCrc();
        assertThat(empty.sizeInBytes()).isEqualTo(RecordBatch.HEADER_BYTES);
        assertThat(empty.recordCount()).isZero();
        assertThat(recordsOf(empty)).isEmpty();
        assertThat(empty.baseOffset()).isEqualTo(5_000);
        assertThat(empty.nextOffset()).isEqualTo(5_006);
        assertThat(empty.leaderEpoch()).isEqualTo(9);
        assertThat(empty.maxTimestampMs()).isEqualTo(RecordBatch.NO_TIMESTAMP);
        assertThat(empty.producerId()).isEqualTo(77);
        assertThat(empty.lastSequence()).isEqualTo(45);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBatchThatDecompressesToTooMuchIsRefused(CompressionType compression) {
        BatchFilter small = new BatchFilter(300);
        assertThatThrownBy(() -> small.filter(batch(compression), record -> true))
                .isInstanceOf(CorruptBatchException.class)
                .hasMessageContaining("at most 300 bytes");
    }
}
