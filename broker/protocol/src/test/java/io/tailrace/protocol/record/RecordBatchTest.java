package io.tailrace.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tailrace.protocol.record.CorruptBatchException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordBatchTest {
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void stampingOffsetAndLeaderEpochKeepsTheChecksum() {
        RecordBatch batch = RecordBatch.at(someBatch(5));

        batch.stamp(123_456_789_012L, 7);

        assertThat(batch.baseOffset()).isEqualTo(123_456_789_012L);
        assertThat(batch.lastOffset()).isEqualTo(123_456_789_016L);
        assertThat(batch.nextOffset()).isEqualTo(123_456_789_017L);
        assertThat(batch.leaderEpoch()).isEqualTo(7);
        assertThat(batch.isCrcValid()).isTrue();
    }

    @Test
    void stampingTheProducerUpdatesTheChecksum() {
        RecordBatch batch = RecordBatch.at(someBatch(5));

        batch.stampProducer(99, (short) 3, 1000);

        assertThat(batch.producerId()).isEqualTo(99);
        assertThat(batch.producerEpoch()).isEqualTo((short) 3);
        assertThat(batch.baseSequence()).isEqualTo(1000);
        assertThat(batch.lastSequence()).isEqualTo(1004);
        assertThat(batch.isCrcValid()).isTrue();
    }

    @Test
    void wrapsSequencesAroundToZero() {
        assertThat(RecordBatch.sequenceAfter(0, 1)).isEqualTo(1);
        assertThat(RecordBatch.sequenceAfter(Integer.MAX_VALUE, 0)).isEqualTo(Integer.MAX_VALUE);
        assertThat(RecordBatch.sequenceAfter(Integer.MAX_VALUE, 1)).isZero();
        assertThat(RecordBatch.sequenceAfter(Integer.MAX_VALUE - 1, 4)).isEqualTo(2);
    }

    @Test
    void readsABatchInTheMiddleOfABuffer() {
        ByteBuffer batch = someBatch(3);
        ByteBuffer buffer = ByteBuffer.allocateDirect(batch.remaining() + 20);
        buffer.put(7, batch, 0, batch.remaining()).position(7);

        RecordBatch view = RecordBatch.at(buffer);

        assertThat(view.position()).isEqualTo(7);
        assertThat(view.isCrcValid()).isTrue();
        assertThat(TestRecord.allOf(view)).isEqualTo(TestRecord.allOf(RecordBatch.at(batch)));
        assertThat(view.bytes()).isEqualTo(batch);
        assertThat(buffer.position()).isEqualTo(7);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void detectsEveryFlippedBit(CompressionType compression) {
        byte[] bytes =
                TestRecord.batchOf(compression, TestRecord.random(random, 3, 0)).array();
        int size = RecordBatch.at(ByteBuffer.wrap(bytes)).sizeInBytes();
        for (int at = RecordBatch.LENGTH_AT; at < size; at++) {
            if (at >= RecordBatch.LEADER_EPOCH_AT && at < RecordBatch.MAGIC_AT) {
                continue;
            }
            byte flip = (byte) (1 << random.nextInt(8));
            bytes[at] ^= flip;
            ByteBuffer damaged = ByteBuffer.wrap(bytes, 0, size);
            assertThatExceptionOfType(CorruptBatchException.class)
                    .as("byte %d, seed %d", at, seed)
                    .isThrownBy(() -> RecordBatch.at(damaged).ensureCrc());
            bytes[at] ^= flip;
        }
    }

    @Test
    void readsTheCompleteBatchesOfATruncatedBuffer() {
        List<ByteBuffer> batches = List.of(someBatch(1), someBatch(4), someBatch(2));
        ByteBuffer all = concatenated(batches);
        for (int cut = 0; cut <= all.limit(); cut++) {
            RecordBatches found = RecordBatches.of(all.slice(0, cut));
            List<ByteBuffer> whole = new ArrayList<>();
            found.forEach(batch -> whole.add(batch.bytes()));

            int expected = 0;
            int bytes = 0;
            while (expected < batches.size() && bytes + batches.get(expected).remaining() <= cut) {
                bytes += batches.get(expected++).remaining();
            }
            assertThat(whole).as("cut at %d", cut).isEqualTo(batches.subList(0, expected));
            assertThat(found.validBytes()).as("cut at %d", cut).isEqualTo(bytes);
        }
    }

    @Test
    void readsTheBatchesBeforeACorruptOne() {
        ByteBuffer first = someBatch(2);
        ByteBuffer all = concatenated(List.of(first, someBatch(2)));
        all.putInt(first.remaining() + RecordBatch.LENGTH_AT, 48);

        var batches = RecordBatches.of(all).iterator();

        assertThat(batches.next().bytes()).isEqualTo(first);
        assertThatExceptionOfType(CorruptBatchException.class)
                .isThrownBy(batches::hasNext)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.LENGTH))
                .satisfies(e -> assertThat(e.position()).isEqualTo(first.remaining() + 8))
                .withMessage("length of batch at byte %d: expected at least 49, found 48", first.remaining() + 8);
    }

    @Test
    void refusesInvalidLengths() {
        for (int length : new int[] {Integer.MIN_VALUE, -1, 0, 48, Integer.MAX_VALUE, Integer.MAX_VALUE - 11}) {
            ByteBuffer bytes = someBatch(2);
            bytes.putInt(RecordBatch.LENGTH_AT, length);
            assertThatExceptionOfType(CorruptBatchException.class)
                    .as("length %d", length)
                    .isThrownBy(() -> RecordBatch.at(bytes))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.LENGTH));
        }
    }

    @Test
    void refusesOlderFormatsByTheirMagic() {
        ByteBuffer bytes = someBatch(2);
        bytes.put(RecordBatch.MAGIC_AT, (byte) 1);

        assertThatExceptionOfType(CorruptBatchException.class)
                .isThrownBy(() -> RecordBatches.of(bytes).iterator().hasNext())
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.MAGIC))
                .withMessage("magic of batch at byte 16: expected 2, found 1");
    }

    private ByteBuffer someBatch(int records) {
        return TestRecord.batchOf(CompressionType.NONE, TestRecord.random(random, records, 0));
    }

    private static ByteBuffer concatenated(List<ByteBuffer> batches) {
        ByteBuffer all = ByteBuffer.allocate(
                batches.stream().mapToInt(ByteBuffer::remaining).sum());
        batches.forEach(batch -> all.put(batch.duplicate()));
        return all.flip();
    }
}
