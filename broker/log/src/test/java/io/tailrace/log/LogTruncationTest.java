package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.EpochStart;
import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.protocol.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leader epochs, truncation, and the log start offset. */
class LogTruncationTest {
    private LogFixture fixture = new LogFixture(Path.of("unset"), LogFixture.SMALL_SEGMENTS);

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        fixture = new LogFixture(directory, LogFixture.SMALL_SEGMENTS);
        fixture.disk = new FaultyDisk();
        fixture.openLog();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    /** Batches of three records, fifty batches each in epochs 2, 4 and 6. */
    private Log threeEpochs() throws IOException {
        for (int i = 0; i < 150; i++) {
            fixture.append(Batches.of(3, 1_000 + i), 2 + i / 50 * 2);
        }
        return fixture.log();
    }

    @Test
    void epochEndsWhereTheNextStarts() throws IOException {
        Log log = threeEpochs();
        LeaderEpochs three = LeaderEpochs.EMPTY.append(2, 0).append(4, 150).append(6, 300);
        assertThat(log.epochs()).isEqualTo(three);
        log.beginEpoch(9);
        assertThat(log.epochs()).isEqualTo(three.append(9, 450));
    }

    @Test
    void truncationToTheEndDropsAnEpochWithoutRecords() throws IOException {
        Log log = threeEpochs();
        LeaderEpochs withRecords = log.epochs();
        log.beginEpoch(9);
        log.flush();
        log.truncateTo(450, fixture.nowMs);
        assertThat(log.epochs()).isEqualTo(withRecords);
        fixture.append(Batches.of(1, 1), 7);
        assertThat(log.epochs()).isEqualTo(withRecords.append(7, 450));
        assertThat(fixture.restart().epochs()).isEqualTo(withRecords.append(7, 450));
    }

    @Test
    void aSnapshotFromBeforeATruncationIsNotWritten() throws IOException {
        fixture.stop();
        AtomicBoolean holds = new AtomicBoolean();
        List<Runnable> held = new ArrayList<>();
        fixture.executor = task -> {
            if (holds.get()) {
                held.add(task);
            } else {
                task.run();
            }
        };
        Log log = fixture.openLog();
        holds.set(true);
        while (log.segmentCount() == 1) {
            fixture.append(Batches.of(3, 1_000));
        }
        log.truncateTo(30, fixture.nowMs);
        holds.set(false);
        assertThat(held).isNotEmpty();
        held.forEach(Runnable::run);
        assertThat(fixture.files(LogFiles.SNAPSHOT)).allMatch(snapshot -> LogFiles.offsetOf(snapshot) <= 30);
    }

    @Test
    void truncatesAtAnyOffset(@TempDir Path copies) throws IOException {
        Log log = threeEpochs();
        List<ByteBuffer> all = Batches.read(log);
        for (long offset = 0; offset <= 450; offset += 11) {
            try (LogFixture copy = fixture.crashedCopy(copies.resolve("to-" + offset))) {
                Log truncated = copy.openLog();
                truncated.truncateTo(offset, copy.nowMs);
                long end = offset - offset % 3;
                assertThat(truncated.logEndOffset())
                        .as("an offset inside a batch drops the batch")
                        .isEqualTo(end);
                assertThat(Batches.read(truncated)).isEqualTo(all.subList(0, (int) end / 3));
                assertThat(truncated.recoveryPoint()).isLessThanOrEqualTo(end);
                copy.append(Batches.of(2, 70_000), 8);
                List<ByteBuffer> expected = Batches.read(truncated);
                assertThat(expected).hasSize((int) end / 3 + 1);
                assertThat(truncated.epochs().starts()).endsWith(new EpochStart(8, end));
                assertThat(truncated.offsetForTimestamp(60_000)).contains(new TimestampedOffset(end, 70_000, 8));
                Log restarted = copy.restart();
                assertThat(Batches.read(restarted)).isEqualTo(expected);
                assertThat(restarted.epochs()).isEqualTo(truncated.epochs());
            }
        }
    }

    @Test
    void aTruncationBelowTheRecoveryPointIsCheckpointedAtOnce(@TempDir Path crashed) throws IOException {
        Log log = threeEpochs();
        log.flush();
        fixture.directory().checkpoint();
        log.truncateTo(300, fixture.nowMs);
        fixture.append(Batches.of(3, 1), 8);
        try (LogFixture copy = fixture.crashedCopy(crashed)) {
            List<Path> logs = copy.files(LogFiles.LOG);
            Path last = logs.get(logs.size() - 1);
            LogFixture.flipBit(last, Files.size(last) - 1);
            assertThat(copy.openLog().logEndOffset())
                    .as("later batches were scanned")
                    .isEqualTo(300);
        }
    }

    /** The fault stops a truncation after its first change of the segments, as kill -9 could. */
    @Test
    void aTruncationThatIsInterruptedLeavesAnUndamagedLog(@TempDir Path copies) throws IOException {
        threeEpochs();
        fixture.stop();
        fixture.openLog();
        fixture.directory().checkpoint();
        for (long offset : new long[] {0, 7, 60}) {
            try (LogFixture copy = fixture.crashedCopy(copies.resolve("copy-" + offset));
                    LogFixture crashed = interrupt(copy, offset, copies.resolve("crashed-" + offset))) {
                crashed.openLog();
                assertThat(crashed.log().logEndOffset()).isBetween(offset - offset % 3, 450L);
                assertThat(crashed.directory().damageCount()).isZero();
            }
        }
    }

    private static LogFixture interrupt(LogFixture copy, long offset, Path target) throws IOException {
        Log log = copy.openLog();
        assertThat(log.recoveryPoint()).isEqualTo(450);
        List<Path> segments = copy.files(LogFiles.LOG);
        Path second = segments.get(segments.size() - 2);
        Path obstacle = second.resolveSibling(second.getFileName() + LogFiles.DELETED);
        Files.createDirectories(obstacle.resolve("not-empty"));
        assertThatThrownBy(() -> log.truncateTo(offset, copy.nowMs)).isInstanceOf(IOException.class);
        assertThat(copy.files(LogFiles.LOG)).hasSize(segments.size() - 1);
        copy.directory().abandon();
        Trash.delete(obstacle);
        return copy.crashedCopy(target);
    }

    @Test
    void aLogStartOffsetThatWentBackIsCheckpointedAtOnce(@TempDir Path crashed) throws IOException {
        Log log = threeEpochs();
        log.deleteRecordsBefore(440);
        fixture.directory().checkpoint();
        log.truncateFullyAndStartAt(50, fixture.nowMs);
        fixture.append(Batches.of(3, 1), 8);
        try (LogFixture copy = fixture.crashedCopy(crashed)) {
            assertThat(copy.openLog().logStartOffset()).isEqualTo(50);
            assertThat(copy.log().logEndOffset()).isEqualTo(53);
        }
    }

    @Test
    void aTruncationInAGapOfOffsetsEndsAfterTheBatchBefore() throws IOException {
        ByteBuffer batch = Batches.of(3, 1);
        fixture.append(batch);
        ByteBuffer afterGap = Batches.of(3, 1);
        RecordBatch.at(afterGap).stamp(100, 0);
        assertThat(fixture.log().appendAsFollower(afterGap, fixture.nowMs)).isInstanceOf(AppendResult.Appended.class);
        fixture.log().truncateTo(50, fixture.nowMs);
        assertThat(fixture.log().logEndOffset()).isEqualTo(3);
        assertThat(fixture.restart().logEndOffset()).isEqualTo(3);
    }

    @Test
    void restartsAtTheLeadersStart() throws IOException {
        Log log = threeEpochs();
        log.truncateFullyAndStartAt(1_000, fixture.nowMs);
        assertThat(log.logStartOffset()).isEqualTo(1_000);
        assertThat(log.logEndOffset()).isEqualTo(1_000);
        assertThat(log.epochs()).isEqualTo(LeaderEpochs.EMPTY);
        assertThat(fixture.append(Batches.of(1, 1), 7)).isEqualTo(1_000);
        Log restarted = fixture.restart();
        assertThat(restarted.logStartOffset()).isEqualTo(1_000);
        assertThat(restarted.logEndOffset()).isEqualTo(1_001);
    }

    @Test
    void anOpenSliceOfATruncatedSegmentIsReadWholeOrShort() throws IOException {
        Log log = threeEpochs();
        try (LogSlice slice = log.read(100, 1 << 20, Long.MAX_VALUE, true)) {
            ByteBuffer before = slice.toBuffer();
            log.truncateFullyAndStartAt(1_000, fixture.nowMs);
            fixture.directory().maintain(fixture.nowMs, partition -> 0);
            assertThat(slice.toBuffer()).isEqualTo(before);
        }
    }

    @Test
    void deletedRecordsDisappearAtOnce() throws IOException {
        Log log = threeEpochs();
        log.deleteRecordsBefore(200);
        assertThat(log.logStartOffset()).isEqualTo(200);
        assertThatThrownBy(() -> log.read(199, 10, 450, true)).isInstanceOf(OffsetNotInLogException.class);
        assertThat(log.offsetForTimestamp(0).orElseThrow().offset()).isEqualTo(200);
        assertThat(log.epochs())
                .as("epoch 2 was dropped")
                .isEqualTo(LeaderEpochs.EMPTY.append(4, 200).append(6, 300));
        int segments = log.segmentCount();
        fixture.directory().maintain(fixture.nowMs, partition -> 450);
        assertThat(log.segmentCount()).isLessThan(segments);
        assertThat(log.logStartOffset()).isEqualTo(200);
        assertThatThrownBy(() -> log.deleteRecordsBefore(451)).isInstanceOf(OffsetNotInLogException.class);
        log.deleteRecordsBefore(450);
        assertThat(log.offsetForTimestamp(0)).isEmpty();
    }
}
