package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

    /** Batches of three, fifty to an epoch, epochs 2, 4, 6. */
    private Log threeEpochs() throws IOException {
        for (int i = 0; i < 150; i++) {
            fixture.append(Batches.of(3, 1_000 + i), 2 + i / 50 * 2);
        }
        return fixture.log();
    }

    @Test
    void epochEndsWhereTheNextStarts() throws IOException {
        Log log = threeEpochs();
        assertThat(log.endOffsetFor(2)).contains(new EpochEnd(2, 150));
        assertThat(log.endOffsetFor(3)).as("no such epoch here").contains(new EpochEnd(2, 150));
        assertThat(log.endOffsetFor(4)).contains(new EpochEnd(4, 300));
        assertThat(log.endOffsetFor(6)).contains(new EpochEnd(6, 450));
        assertThat(log.endOffsetFor(7)).as("later than all").isEmpty();
        assertThat(log.endOffsetFor(1)).as("before all").contains(new EpochEnd(1, 0));
        assertThat(log.epochAt(299)).hasValue(4);
        log.beginEpoch(9);
        assertThat(log.endOffsetFor(6)).contains(new EpochEnd(6, 450));
        assertThat(log.endOffsetFor(9)).contains(new EpochEnd(9, 450));
    }

    @Test
    void snapshotOfWhatWasTruncatedMeanwhileIsNotWritten() throws IOException {
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
                        .as("an offset inside a batch takes the batch")
                        .isEqualTo(end);
                assertThat(Batches.read(truncated)).isEqualTo(all.subList(0, (int) end / 3));
                assertThat(truncated.recoveryPoint()).isLessThanOrEqualTo(end);
                copy.append(Batches.of(2, 70_000), 8);
                List<ByteBuffer> expected = Batches.read(truncated);
                assertThat(expected).hasSize((int) end / 3 + 1);
                assertThat(truncated.endOffsetFor(8)).contains(new EpochEnd(8, end + 2));
                assertThat(truncated.offsetForTimestamp(60_000)).contains(new TimestampedOffset(end, 70_000, 8));
                Log restarted = copy.restart();
                assertThat(Batches.read(restarted)).isEqualTo(expected);
                assertThat(restarted.endOffsetFor(8)).contains(new EpochEnd(8, end + 2));
            }
        }
    }

    @Test
    void truncationBelowTheRecoveryPointIsRememberedAtOnce(@TempDir Path crashed) throws IOException {
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
                    .as("what came after was scanned")
                    .isEqualTo(300);
        }
    }

    @Test
    void startsAnewAtTheLeadersStart() throws IOException {
        Log log = threeEpochs();
        log.truncateFullyAndStartAt(1_000, fixture.nowMs);
        assertThat(log.logStartOffset()).isEqualTo(1_000);
        assertThat(log.logEndOffset()).isEqualTo(1_000);
        assertThat(log.latestEpoch()).isEmpty();
        assertThat(fixture.append(Batches.of(1, 1), 7)).isEqualTo(1_000);
        Log restarted = fixture.restart();
        assertThat(restarted.logStartOffset()).isEqualTo(1_000);
        assertThat(restarted.logEndOffset()).isEqualTo(1_001);
    }

    @Test
    void openSliceOfTruncatedSegmentIsReadToItsEndOrShort() throws IOException {
        Log log = threeEpochs();
        try (LogSlice slice = log.read(100, 1 << 20, Long.MAX_VALUE, true)) {
            ByteBuffer before = slice.toBuffer();
            log.truncateFullyAndStartAt(1_000, fixture.nowMs);
            fixture.directory().maintain(fixture.nowMs, partition -> 0);
            assertThat(slice.toBuffer()).isEqualTo(before);
        }
    }

    @Test
    void deletedRecordsAreGoneAtOnce() throws IOException {
        Log log = threeEpochs();
        log.deleteRecordsBefore(200);
        assertThat(log.logStartOffset()).isEqualTo(200);
        assertThatThrownBy(() -> log.read(199, 10, 450, true)).isInstanceOf(OffsetOutOfRangeException.class);
        assertThat(log.offsetForTimestamp(0).orElseThrow().offset()).isEqualTo(200);
        assertThat(log.endOffsetFor(2)).as("epoch 2 is gone").contains(new EpochEnd(2, 200));
        int segments = log.segmentCount();
        fixture.directory().maintain(fixture.nowMs, partition -> 450);
        assertThat(log.segmentCount()).isLessThan(segments);
        assertThat(log.logStartOffset()).isEqualTo(200);
        assertThatThrownBy(() -> log.deleteRecordsBefore(451)).isInstanceOf(OffsetOutOfRangeException.class);
        log.deleteRecordsBefore(450);
        assertThat(log.offsetForTimestamp(0)).isEmpty();
    }
}
