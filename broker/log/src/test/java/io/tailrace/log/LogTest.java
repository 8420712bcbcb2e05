package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Appends, reads, rolls and lookups. */
class LogTest {
    private LogFixture fixture;
    private Log log;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        fixture = new LogFixture(directory, LogFixture.SMALL_SEGMENTS);
        log = fixture.openLog();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    @Test
    void stampsOffsetsAndEpochInPlace() throws IOException {
        fixture.append(Batches.of(3, 1_000), 4);
        ByteBuffer second = Batches.of(2, 2_000);
        assertThat(log.appendAsLeader(second, 5, fixture.nowMs)).isEqualTo(new AppendResult.Appended(3, 5, 0));

        assertThat(RecordBatch.at(second).baseOffset()).isEqualTo(3);
        List<ByteBuffer> read = Batches.read(log);
        assertThat(read).hasSize(2);
        assertThat(RecordBatch.at(read.get(0)).leaderEpoch()).isEqualTo(4);
        assertThat(read.get(1)).isEqualTo(second);
        assertThat(RecordBatch.at(read.get(1)).leaderEpoch()).isEqualTo(5);
        assertThat(log.logEndOffset()).isEqualTo(5);
    }

    @Test
    void everyOffsetIsFoundAcrossSegments() throws IOException {
        List<Long> bases = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            bases.add(fixture.append(Batches.of(1 + i % 4, 1_000 + i)));
        }
        assertThat(log.segmentCount()).isGreaterThan(5);
        for (long offset = 0; offset < log.logEndOffset(); offset++) {
            try (LogSlice slice = log.read(offset, 1, Long.MAX_VALUE, true)) {
                RecordBatch batch = RecordBatch.at(slice.toBuffer());
                assertThat(offset).isBetween(batch.baseOffset(), batch.lastOffset());
                assertThat(slice.sizeInBytes()).isEqualTo(batch.sizeInBytes());
            }
        }
        assertThat(Batches.read(log).stream().map(Batches::baseOffset)).containsExactlyElementsOf(bases);
    }

    @Test
    void readStopsAtAnyLimit() throws IOException {
        for (int i = 0; i < 100; i++) {
            fixture.append(Batches.of(3, 1_000 + i));
        }
        for (long limit = 0; limit <= log.logEndOffset(); limit++) {
            for (long from : new long[] {0, Math.max(0, limit - 1), limit}) {
                long next = from - from % 3;
                while (true) {
                    long before = next;
                    try (LogSlice slice = log.read(next, 1 << 20, limit, true)) {
                        for (RecordBatch batch : RecordBatches.of(slice.toBuffer())) {
                            next = batch.nextOffset();
                        }
                    }
                    if (next == before) {
                        break;
                    }
                }
                assertThat(next).as("from %d to %d", from, limit).isEqualTo(Math.max(limit, from) / 3 * 3);
            }
        }
    }

    @Test
    void sliceIsReadInPieces() throws IOException {
        fixture.append(Batches.of(50, 1_000));
        try (LogSlice slice = log.read(0, 1 << 20, Long.MAX_VALUE, true)) {
            ByteBuffer pieces = ByteBuffer.allocate(slice.sizeInBytes());
            while (pieces.hasRemaining()) {
                ByteBuffer piece = ByteBuffer.allocate(100);
                slice.read(piece, pieces.position());
                pieces.put(piece.flip());
            }
            assertThat(pieces.flip()).isEqualTo(slice.toBuffer());
        }
    }

    @Test
    void anOffsetOutOfRangeNamesTheRange() throws IOException {
        fixture.append(Batches.of(3, 1_000));
        assertThatThrownBy(() -> log.read(4, 100, Long.MAX_VALUE, true))
                .isInstanceOf(OffsetNotInLogException.class)
                .hasMessage("offset 4 is not in the log of access-log-0: expected 0 to 3");
        try (LogSlice slice = log.read(3, 100, Long.MAX_VALUE, true)) {
            assertThat(slice.isEmpty()).isTrue();
        }
    }

    @Test
    void aLargeBatchGetsItsOwnSegment() throws IOException {
        fixture.append(Batches.of(2, 1_000));
        fixture.append(Batches.of(CompressionType.NONE, 10, 1_000, 2_000));
        fixture.append(Batches.of(2, 1_000));
        assertThat(log.segmentCount()).isEqualTo(3);
        assertThat(Batches.read(log)).hasSize(3);
    }

    @Test
    void oldActiveSegmentRolls() throws IOException {
        log.reconfigure(fixture.config.with(new LogConfig.Roll(4096, 1_000, 10 << 20, 256)));
        fixture.append(Batches.of(1, 5));
        fixture.nowMs += 999;
        fixture.append(Batches.of(1, 5));
        assertThat(log.segmentCount()).isEqualTo(1);
        fixture.nowMs += 1;
        fixture.append(Batches.of(1, 5));
        assertThat(log.segmentCount()).isEqualTo(2);
        fixture.nowMs += 1_000;
        fixture.directory().maintain(fixture.nowMs, partition -> 0);
        assertThat(log.segmentCount()).as("without an append").isEqualTo(3);
    }

    @Test
    void fullIndexRolls() throws IOException {
        log.reconfigure(fixture.config.with(new LogConfig.Roll(1 << 20, Long.MAX_VALUE, 24, 0)));
        for (int i = 0; i < 20; i++) {
            fixture.append(Batches.of(1, i));
        }
        assertThat(log.segmentCount()).isGreaterThan(4);
        for (Path index : fixture.files(LogFiles.INDEX)) {
            assertThat(Files.size(index)).isLessThanOrEqualTo(24);
        }
    }

    @Test
    void findsFirstRecordAtOrAfterTimestamp() throws IOException {
        for (int i = 0; i < 200; i++) {
            fixture.append(Batches.of(CompressionType.ofId(i % 5), 3, 10_000 + 10L * i, 20), 7);
        }
        for (int i = 0; i < 200; i++) {
            for (int record = 0; record < 3; record++) {
                long timestampMs = 10_000 + 10L * i + record;
                assertThat(log.offsetForTimestamp(timestampMs))
                        .contains(new TimestampedOffset(3L * i + record, timestampMs, 7));
            }
        }
        assertThat(log.offsetForTimestamp(0).orElseThrow().offset()).isZero();
        assertThat(log.offsetForTimestamp(10_005).orElseThrow().offset()).isEqualTo(3);
        assertThat(log.offsetForTimestamp(10_000 + 1990 + 3)).isEmpty();
        assertThat(log.offsetOfMaxTimestamp()).contains(new TimestampedOffset(599, 11_992, 7));
    }

    @Test
    void timestampsOutOfOrderAreFound() throws IOException {
        long[] timestamps = {500, 100, 900, 200, 900, 1_000, 50};
        for (int i = 0; i < 70; i++) {
            fixture.append(Batches.of(1, timestamps[i % 7] + i / 7));
        }
        for (long wanted = 0; wanted < 1_011; wanted++) {
            long expected = -1;
            for (int i = 69; i >= 0; i--) {
                expected = timestamps[i % 7] + i / 7 >= wanted ? i : expected;
            }
            assertThat(log.offsetForTimestamp(wanted)
                            .map(TimestampedOffset::offset)
                            .orElse(-1L))
                    .as("timestamp %d", wanted)
                    .isEqualTo(expected);
        }
    }

    @Test
    void followerKeepsOffsetsAndEpochsAndSkipsACutBatch(@TempDir Path other) throws IOException {
        fixture.append(Batches.of(3, 1_000), 4);
        fixture.append(Batches.of(3, 1_000), 6);
        try (LogFixture follower = new LogFixture(other, fixture.config);
                LogSlice slice = log.read(0, 1 << 20, Long.MAX_VALUE, true)) {
            Log copy = follower.openLog();
            ByteBuffer cut = slice.toBuffer();
            cut.limit(cut.limit() - 1);
            assertThat(copy.appendAsFollower(cut, fixture.nowMs)).isEqualTo(new AppendResult.Appended(0, 3, 0));
            assertThat(copy.epochs().latest()).isEqualTo(4);
            assertThat(copy.appendAsFollower(slice.toBuffer(), fixture.nowMs))
                    .isInstanceOfSatisfying(AppendResult.Refused.class, refused -> assertThat(refused.error())
                            .isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE));
            try (LogSlice rest = log.read(3, 1 << 20, Long.MAX_VALUE, true)) {
                copy.appendAsFollower(rest.toBuffer(), fixture.nowMs);
            }
            assertThat(Batches.read(copy)).isEqualTo(Batches.read(log));
            assertThat(copy.epochs()).isEqualTo(log.epochs());
        }
    }

    @Test
    void followerRefusesCorruptBatch() throws IOException {
        ByteBuffer batch = Batches.of(3, 1_000);
        RecordBatch.at(batch).stamp(0, 1);
        batch.put(70, (byte) (batch.get(70) ^ 1));
        assertThat(log.appendAsFollower(batch, fixture.nowMs))
                .isInstanceOfSatisfying(AppendResult.Refused.class, refused -> assertThat(refused.error())
                        .isEqualTo(ErrorCode.CORRUPT_MESSAGE));
        assertThat(log.logEndOffset()).isZero();
    }

    @Test
    void oldLeaderEpochIsRefused() throws IOException {
        log.beginEpoch(3);
        assertThat(log.appendAsLeader(Batches.of(1, 1), 2, fixture.nowMs)).isInstanceOf(AppendResult.Refused.class);
        assertThat(log.logEndOffset()).isZero();
    }

    /** Indexes of thousands of entries: lookups page through the file, and the entries in memory are written in blocks. */
    @Test
    void everyOffsetAndTimestampIsFoundInALargeSegment() throws IOException {
        log.reconfigure(fixture.config.with(new LogConfig.Roll(64 << 20, Long.MAX_VALUE, 10 << 20, 0)));
        int batches = 4 * ThreadBuffers.PAGE_BYTES / OffsetIndex.ENTRY_BYTES;
        for (int i = 0; i < batches; i++) {
            fixture.append(Batches.of(2, 10_000 + 10L * i));
        }
        assertThat(log.segmentCount()).isEqualTo(1);
        SegmentIndexes indexes = log.state().segments().last().indexes();
        assertThat(indexes.offsetIndex().file().count()).isEqualTo(batches - 1);
        expectAllFound(batches);
        log = fixture.restart();
        expectAllFound(batches);
    }

    private void expectAllFound(int batches) throws IOException {
        for (int i = 0; i < batches; i++) {
            try (LogSlice slice = log.read(2L * i + 1, 1, Long.MAX_VALUE, true)) {
                assertThat(RecordBatch.at(slice.toBuffer()).baseOffset()).isEqualTo(2L * i);
            }
            assertThat(log.offsetForTimestamp(10_001 + 10L * i).orElseThrow().offset())
                    .isEqualTo(2L * i + 1);
        }
    }

    @Test
    void newestRecordIsFoundAmongThoseThatAreNotDeleted() throws IOException {
        for (long timestampMs : new long[] {9_000, 100, 5_000, 5_000, 200}) {
            fixture.append(Batches.of(1, timestampMs));
        }
        fixture.append(Batches.of(10, 3_000));
        assertThat(newest()).isEqualTo(0);
        log.deleteRecordsBefore(1);
        assertThat(newest()).as("its segment is still there").isEqualTo(2);
        log.deleteRecordsBefore(3);
        assertThat(newest()).isEqualTo(3);
        log.deleteRecordsBefore(10);
        assertThat(newest()).isBetween(10L, 14L);
        log.deleteRecordsBefore(15);
        assertThat(log.offsetOfMaxTimestamp()).isEmpty();
    }

    private long newest() throws IOException {
        return log.offsetOfMaxTimestamp().orElseThrow().offset();
    }
}
