package io.tailrace.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordBatchBuilderTest {
    private static final long NOW_MS = TestRecord.START_MS;

    @Test
    void refusesARecordThatDoesNotFit() {
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, 1000);
        int added = 0;
        while (builder.append(NOW_MS, null, new byte[100], List.of())) {
            added++;
        }

        ByteBuffer batch = builder.build();

        assertThat(batch.remaining())
                .isLessThanOrEqualTo(1000)
                .isGreaterThan(890)
                .isEqualTo(builder.plainBytes());
        assertThat(added).isEqualTo(builder.recordCount()).isEqualTo(8);
        assertThat(TestRecord.allOf(RecordBatch.at(batch))).hasSize(8);
    }

    @Test
    void acceptsALargeRecordAsTheOnlyOne() {
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, 1000);

        assertThat(builder.append(NOW_MS, null, new byte[5000], List.of())).isTrue();
        assertThat(builder.append(NOW_MS, null, new byte[0], List.of())).isFalse();
        assertThat(TestRecord.allOf(RecordBatch.at(builder.build()))).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void reusedArraysChangeNoBatch(CompressionType compression) {
        BatchBuffers buffers = BatchBuffers.ofBatches(10_000, 100_000);
        for (int bytes = 10_000; bytes > 500; bytes /= 2) {
            List<byte[]> used = List.of(buffers.take(bytes), buffers.take(bytes));
            used.forEach(each -> Arrays.fill(each, (byte) 0xFF));
            used.forEach(buffers::giveBack);
        }
        for (int i = 0; i < 3; i++) {
            RecordBatchBuilder fresh = new RecordBatchBuilder(compression, 10_000);
            RecordBatchBuilder reusing = new RecordBatchBuilder(compression, 10_000, 0, buffers);
            fill(fresh);
            fill(reusing);

            assertThat(reusing.build()).isEqualTo(fresh.build());
        }
    }

    @Test
    void compressingGivesBothArraysBack() {
        BatchBuffers buffers = BatchBuffers.ofBatches(10_000, 100_000);
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.ZSTD, 10_000, 0, buffers);
        fill(builder);
        builder.build();

        byte[] plain = buffers.take(10_000);
        byte[] compressed = buffers.take(10_000);

        assertThat(new String(plain, StandardCharsets.UTF_8)).contains("index.html");
        assertThat(compressed).contains(0x28, 0xB5, 0x2F, 0xFD);
        assertThat(buffers.take(10_000)).containsOnly(0);
    }

    @Test
    void aBuilderTakesAnArrayOfTheExpectedSizeWithItsFirstRecord() {
        RecordBatchBuilder builder =
                new RecordBatchBuilder(CompressionType.ZSTD, 10_000, 6_000, BatchBuffers.NOT_REUSED);
        assertThat(builder.bufferBytes()).isZero();

        builder.append(NOW_MS, null, new byte[10], List.of());
        assertThat(builder.bufferBytes()).isEqualTo(6_000);
        builder.append(NOW_MS, null, new byte[5_800], List.of());
        assertThat(builder.bufferBytes()).isEqualTo(6_000);
        builder.append(NOW_MS, null, new byte[3_000], List.of());

        assertThat(builder.bufferBytes()).isEqualTo(10_000);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void aBatchIsBuiltOnce(CompressionType compression) {
        RecordBatchBuilder builder = new RecordBatchBuilder(compression, 10_000);
        fill(builder);
        builder.build();

        assertThatIllegalStateException().isThrownBy(builder::build);
        assertThatIllegalStateException().isThrownBy(() -> builder.append(NOW_MS, null, new byte[10], List.of()));
    }

    @Test
    void reusedArraysAreAtMostTwiceAsLarge() {
        BatchBuffers buffers = BatchBuffers.ofBatches(10_000, 100_000);

        for (int bytes = 1; bytes <= 20_000; bytes++) {
            assertThat(buffers.take(bytes)).hasSizeBetween(bytes, 2 * bytes + 1);
        }
    }

    @Test
    void moreArraysThanTheBoundAreNotKept() {
        BatchBuffers buffers = BatchBuffers.ofBatches(10_000, 0);
        List<byte[]> used = Stream.generate(() -> buffers.take(10_000)).limit(3).toList();
        used.forEach(buffers::giveBack);

        List<byte[]> again =
                Stream.generate(() -> buffers.take(10_000)).limit(3).toList();
        assertThat(again.get(0)).isSameAs(used.get(2));
        assertThat(again.get(1)).isSameAs(used.get(1));
        assertThat(again.get(2)).isNotSameAs(used.get(0));
    }

    @Test
    void arraysOfASizeThatIsUsedAreKeptInPlaceOfOthers() {
        BatchBuffers buffers = BatchBuffers.ofBatches(10_000, 0);
        List<byte[]> large =
                Stream.generate(() -> buffers.take(10_000)).limit(2).toList();
        large.forEach(buffers::giveBack);
        for (int cycle = 0; cycle < 100; cycle++) {
            byte[] small = buffers.take(2_000);
            buffers.giveBack(small);

            assertThat(buffers.take(2_000)).isSameAs(small);
            buffers.giveBack(small);
        }
        assertThat(buffers.take(10_000)).isSameAs(large.get(1));
    }

    @Test
    void aBatchSizeWithoutBoundIsNoFailure() {
        assertThat(BatchBuffers.ofBatches(Integer.MAX_VALUE, 100_000).take(10)).hasSize(10);
    }

    private static void fill(RecordBatchBuilder builder) {
        Random random = new Random(1);
        byte[] line = "10.0.0.1 - - [17/May/2015:10:05:03 +0000] \"GET /index.html HTTP/1.1\" 200"
                .getBytes(StandardCharsets.UTF_8);
        boolean added = true;
        while (added) {
            line[3] = (byte) ('0' + random.nextInt(10));
            added = builder.append(NOW_MS + random.nextInt(1000), null, line.clone(), List.of());
        }
    }

    @Test
    void acceptsDecreasingTimestamps() {
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, 1000);
        builder.append(NOW_MS, null, null, List.of());
        builder.append(NOW_MS - 1_000_000, null, null, List.of());
        builder.append(RecordBatch.NO_TIMESTAMP, null, null, List.of());

        RecordBatch batch = RecordBatch.at(builder.build());

        assertThat(batch.baseTimestampMs()).isEqualTo(NOW_MS);
        assertThat(batch.maxTimestampMs()).isEqualTo(NOW_MS);
        assertThat(TestRecord.allOf(batch))
                .extracting(TestRecord::timestampMs)
                .containsExactly(NOW_MS, NOW_MS - 1_000_000, -1L);
    }

    @Test
    void refusesAnEmptyBatchAndNegativeTimestamps() {
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, 1000);

        assertThatIllegalStateException().isThrownBy(builder::build);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.append(-2, null, null, List.of()))
                .withMessageContaining("-2");
    }
}
