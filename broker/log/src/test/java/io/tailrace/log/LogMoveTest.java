package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A log moves from one directory to another. */
class LogMoveTest {
    private final Path path;
    private final LogFixture one;
    private final LogFixture two;
    private final MovableLog log;

    LogMoveTest(@TempDir Path path) throws IOException {
        this.path = path;
        one = new LogFixture(path.resolve("one"), LogFixture.SMALL_SEGMENTS);
        two = new LogFixture(path.resolve("two"), LogFixture.SMALL_SEGMENTS);
        log = new MovableLog(one.openLog());
    }

    @BeforeEach
    void open() throws IOException {
        two.open();
    }

    @AfterEach
    void close() throws IOException {
        one.close();
        two.close();
    }

    private LogMove begin() throws IOException {
        return LogMove.begin(log, one.directory(), two.directory(), one.nowMs);
    }

    private void append(int batches) throws IOException {
        for (int i = 0; i < batches; i++) {
            AppendResult result = log.appendAsLeader(Batches.of(1 + i % 3, one.nowMs), 1, one.nowMs);
            assertThat(result).isInstanceOf(AppendResult.Appended.class);
        }
    }

    private static void copyAll(LogMove move, long nowMs) throws IOException {
        do {
            int unused = move.copy(1_000, nowMs);
        } while (!move.hasCaughtUp());
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 20);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void movedLogIsTheSameWhateverHappensMeanwhile(long seed) throws IOException {
        Random random = new Random(seed);
        List<String> history = new ArrayList<>();
        InMemoryLog memory = new InMemoryLog(LogFixture.PARTITION);
        int epoch = 1;
        for (int i = 0; i < 60; i++) {
            epoch += change(random, epoch, memory, history);
        }
        LogMove move = begin();
        for (int i = 0; i < 120; i++) {
            if (random.nextInt(3) == 0) {
                epoch += change(random, epoch, memory, history);
            } else {
                history.add("copies");
                int unused = move.copy(1 + random.nextInt(3_000), one.nowMs);
            }
        }
        move.complete(one.nowMs);
        assertThat(log.current()).isSameAs(two.log());
        assertThat(describe(log)).as("seed %d after %s", seed, history).isEqualTo(describe(memory));
        for (int i = 0; i < 20; i++) {
            epoch += change(random, epoch, memory, history);
        }
        move.cleanUp(one.nowMs);
        assertThat(describe(log)).as("seed %d after %s", seed, history).isEqualTo(describe(memory));

        two.restart();
        // A start drops epochs without records.
        memory.truncateTo(memory.logEndOffset(), one.nowMs);
        assertThat(describe(two.log())).as("seed %d after %s", seed, history).isEqualTo(describe(memory));
        assertThat(one.directory().logs()).isEmpty();
    }

    /** Does the same to the log and to the one in memory. Returns by how much the epoch grows. */
    private int change(Random random, int epoch, InMemoryLog memory, List<String> history) throws IOException {
        long near = Math.max(memory.logStartOffset(), memory.logEndOffset() - random.nextInt(12));
        int kind = random.nextInt(12);
        int records = 1 + random.nextInt(4);
        history.add("change %d near %d, %d records".formatted(kind, near, records));
        for (ReplicaLog each : List.of(log, memory)) {
            switch (kind) {
                case 0 -> each.truncateTo(near, one.nowMs);
                case 1, 2 -> each.deleteRecordsBefore(near);
                case 3 -> {
                    if (records == 1) {
                        each.truncateFullyAndStartAt(each.logEndOffset() + 3, one.nowMs);
                    }
                }
                case 4 -> each.beginEpoch(epoch + 1);
                default -> {
                    AppendResult unused = each.appendAsLeader(Batches.of(records, near), epoch, one.nowMs);
                }
            }
        }
        return kind == 4 ? 1 : 0;
    }

    /** A log in files reads one segment at a time. */
    private static List<Object> describe(ReplicaLog log) throws IOException {
        List<ByteBuffer> batches = new ArrayList<>();
        long offset = log.logStartOffset();
        while (offset < log.logEndOffset()) {
            try (LogSlice slice = log.read(offset, Integer.MAX_VALUE, Long.MAX_VALUE, true)) {
                for (RecordBatch batch : RecordBatches.of(slice.toBuffer())) {
                    batches.add(batch.bytes());
                    offset = batch.nextOffset();
                }
            }
        }
        return List.of(log.logStartOffset(), log.logEndOffset(), log.epochs(), batches);
    }

    @Test
    void segmentsKeepTheTimeOfTheirLastAppend() throws IOException {
        append(60);
        one.nowMs += 86_400_000;
        append(60);
        LogMove move = begin();
        one.nowMs += 86_400_000;

        move.complete(one.nowMs);
        List<Long> appendedMs = two.log().state().segments().all().stream()
                .map(Segment::lastAppendedMs)
                .toList();
        two.restart();

        assertThat(appendedMs.get(0)).isEqualTo(one.nowMs - 2 * 86_400_000L);
        assertThat(appendedMs.get(appendedMs.size() - 1)).isEqualTo(one.nowMs - 86_400_000L);
        assertThat(two.log().state().segments().all())
                .extracting(Segment::lastAppendedMs)
                .isEqualTo(appendedMs);
    }

    @Test
    void crashWhileCopyingLeavesTheLogWhereItIs() throws IOException {
        append(60);
        LogMove move = begin();
        assertThat(move.copy(5_000, one.nowMs)).isPositive();

        try (LogFixture oneAfter = one.crashedCopy(path.resolve("one-after"));
                LogFixture twoAfter = two.crashedCopy(path.resolve("two-after"))) {
            Log kept = oneAfter.openLog();
            twoAfter.open();
            assertThat(kept.logEndOffset()).isEqualTo(log.logEndOffset());
            assertThat(twoAfter.directory().logs()).isEmpty();
            assertThat(twoAfter.directory().futures().unfinished()).containsExactly(LogFixture.PARTITION);

            MovableLog again = new MovableLog(kept);
            LogMove anew = LogMove.begin(again, oneAfter.directory(), twoAfter.directory(), one.nowMs);
            assertThat(twoAfter.directory().futures().unfinished()).isEmpty();
            anew.complete(one.nowMs);
            anew.cleanUp(one.nowMs);
            assertThat(describe(again)).isEqualTo(describe(log));
            assertThat(oneAfter.directory().logs()).isEmpty();
            assertThat(oneAfter.directory().futures().arrived()).isEmpty();
        }
    }

    @Test
    void crashAfterTheMoveLeavesBothLogsAndSaysWhichOneCounts() throws IOException {
        append(60);
        begin().complete(one.nowMs);
        append(3);

        try (LogFixture oneAfter = one.crashedCopy(path.resolve("one-after"));
                LogFixture twoAfter = two.crashedCopy(path.resolve("two-after"))) {
            oneAfter.openLog();
            twoAfter.open();
            assertThat(twoAfter.directory().futures().arrived()).containsExactly(LogFixture.PARTITION);
            assertThat(oneAfter.directory().futures().arrived()).isEmpty();
            assertThat(describe(twoAfter.log())).isEqualTo(describe(log));
            twoAfter.directory().futures().removeMarker(LogFixture.PARTITION);
            twoAfter.restart();
            assertThat(twoAfter.directory().futures().arrived()).isEmpty();
        }
    }

    @Test
    void readersAndSyncsThatBeganBeforeTheMoveAreServed() throws Exception {
        append(60);
        LogMove move = begin();
        move.complete(one.nowMs);
        try (LogSlice slice =
                one.directory().log(LogFixture.PARTITION).orElseThrow().read(0, 1 << 20, Long.MAX_VALUE, true)) {
            move.cleanUp(one.nowMs);
            assertThat(slice.toBuffer().hasRemaining()).isTrue();
        }
        assertThat(log.durable(log.logEndOffset()).get()).isNull();
        assertThat(log.storeLogStart().get()).isNull();
    }

    @Test
    void cancelledMoveLeavesNothing() throws IOException {
        append(60);
        LogMove move = begin();
        assertThat(move.copy(5_000, one.nowMs)).isPositive();

        move.cancel(one.nowMs);

        append(1);
        assertThat(log.current()).isSameAs(one.log());
        assertThat(two.directory().futures().copies()).isEmpty();
        assertThat(Files.exists(two.partitionPath())).isFalse();
        assertThatThrownBy(() -> move.copy(5_000, one.nowMs)).isInstanceOf(LogClosedException.class);
    }

    @Test
    void deletedLogTakesItsCopyAlong() throws IOException {
        append(60);
        LogMove move = begin();
        two.directory().delete(LogFixture.PARTITION, one.nowMs);
        one.directory().delete(LogFixture.PARTITION, one.nowMs);

        assertThatThrownBy(() -> move.copy(5_000, one.nowMs)).isInstanceOf(LogClosedException.class);
        assertThat(Files.exists(two.partitionPath())).isFalse();
    }

    @Test
    void fullDiskStopsTheMoveAndNotTheLog() throws IOException {
        append(60);
        two.close();
        two.freeBytesMin = Long.MAX_VALUE;
        two.open();
        LogMove move = begin();

        assertThatThrownBy(() -> move.copy(5_000, one.nowMs))
                .isInstanceOf(LogOperationException.class)
                .hasMessageContaining("refuses the records");
        assertThatThrownBy(() -> move.complete(one.nowMs)).isInstanceOf(LogOperationException.class);
        append(1);
        assertThat(log.current()).isSameAs(one.log());
    }

    @Test
    void damagedMarkerCostsItsLogOnly() throws IOException {
        append(3);
        begin().complete(one.nowMs);
        two.close();
        Files.writeString(two.partitionPath().resolve("move"), "halfway\n");

        two.open();

        assertThat(two.directory().isOffline()).isFalse();
        assertThat(two.directory().unopenedLogs().get(LogFixture.PARTITION))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("expected copying or complete");
    }

    @Test
    void logWithADamagedMarkerDoesNotOpen() throws IOException {
        append(3);
        LogMove move = begin();
        assertThat(move.copy(1, one.nowMs)).isPositive();
        Path marker = two.partitionPath().resolve("move");
        two.close();
        Files.writeString(marker, "halfway\n");
        two.open();
        assertThatThrownBy(two::log).isInstanceOf(CorruptLogException.class).hasMessageContaining("expected copying");

        Files.writeString(marker, "copying\n");
        assertThatThrownBy(two::log)
                .as("mended by hand")
                .isInstanceOf(LogOperationException.class)
                .hasMessageContaining("lacks records");
    }

    @Test
    void copyTakesTheConfigurationThatTheLogHasWhenTheMoveBegins() throws IOException {
        LogConfig changed = LogFixture.SMALL_SEGMENTS.with(new LogConfig.Retention(7, 7));
        two.close();
        two.disk = new OpeningDisk(file -> {
            if (file.toString().endsWith(LogFiles.LOG)) {
                log.reconfigure(changed);
            }
        });
        two.open();

        begin().complete(one.nowMs);
        assertThat(log.current().config()).isEqualTo(changed);
    }

    @Test
    void logThatWasCreatedAgainIsNotDeletedWithTheFormerOne() throws IOException {
        append(3);
        LogMove move = begin();
        move.complete(one.nowMs);
        one.directory().delete(LogFixture.PARTITION, one.nowMs);
        Log again = one.log();

        move.cleanUp(one.nowMs);

        assertThat(one.directory().logs()).containsExactly(again);
        assertThat(again.isClosed()).isFalse();
    }

    @Test
    void copyThatStartsInsideABatchStartsThereToo() throws IOException {
        AppendResult unused = log.appendAsLeader(Batches.of(10, 5), 1, one.nowMs);
        log.deleteRecordsBefore(4);
        LogMove move = begin();
        copyAll(move, one.nowMs);
        move.complete(one.nowMs);

        assertThat(log.logStartOffset()).isEqualTo(4);
        assertThat(log.logEndOffset()).isEqualTo(10);
        try (LogSlice slice = log.read(4, 1 << 20, Long.MAX_VALUE, true)) {
            assertThat(Batches.baseOffset(slice.toBuffer())).isZero();
        }
        assertThatThrownBy(() -> log.read(3, 1 << 20, Long.MAX_VALUE, true))
                .isInstanceOf(OffsetNotInLogException.class);
    }

    /** A disk on which something happens whenever a file is opened. */
    private record OpeningDisk(Consumer<Path> onOpen) implements Disk {
        @Override
        public FileChannel open(Path file, OpenOption... options) throws IOException {
            onOpen.accept(file);
            return REAL.open(file, options);
        }

        @Override
        public long usableBytes(Path directory) throws IOException {
            return REAL.usableBytes(directory);
        }
    }
}
