package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.protocol.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recovery from damage at any byte: batches before it are kept, the rest is dropped, and the log can be appended to. */
class RecoveryTest {
    @TempDir
    Path scratch = Path.of("unset");

    private final long seed = Long.getLong("seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private LogFixture original = new LogFixture(Path.of("unset"), LogFixture.SMALL_SEGMENTS);
    private List<ByteBuffer> batches = List.of();

    @BeforeEach
    void writeRandomLog(@TempDir Path directory) throws IOException {
        System.out.println(getClass().getSimpleName() + " seed " + seed);
        original = new LogFixture(
                directory,
                LogFixture.SMALL_SEGMENTS.with(
                        new LogConfig.Roll(900 + random.nextInt(600), Long.MAX_VALUE, 10 << 20, random.nextInt(300))));
        original.disk = new FaultyDisk();
        Log log = original.openLog();
        for (int i = 0; i < 14; i++) {
            int records = 1 + random.nextInt(4);
            ByteBuffer batch = random.nextBoolean()
                    ? Batches.of(records, random.nextInt(10_000))
                    : Batches.idempotent(7_000 + i, 0, 0, records);
            original.append(batch, i / 5);
        }
        batches = Batches.read(log);
        // The recovery point on disk is still 0, so everything is scanned.
    }

    /** Copies the log, damages the copy, and recovers it without any record of what was forced. */
    private void expectPrefixAfter(Damage damage, Path segment, long position) throws IOException {
        Path target = scratch.resolve(Long.toHexString(random.nextLong()));
        try (LogFixture crashed = original.crashedCopy(target)) {
            Files.delete(crashed.partitionPath().resolve(LogFiles.CHAIN));
            damage.to(crashed.partitionPath().resolve(segment.getFileName()), position);
            List<ByteBuffer> expected = wholeBefore(segment, position);
            Log recovered = crashed.openLog();
            String where = "seed %d, %s at byte %d".formatted(seed, segment.getFileName(), position);
            assertThat(Batches.read(recovered)).as(where).isEqualTo(expected);
            expectIndexesHold(crashed, recovered, where);
            if (random.nextInt(8) == 0) {
                expectAppendable(crashed, expected, where);
            }
        }
        Trash.delete(target);
    }

    private interface Damage {
        void to(Path file, long position) throws IOException;
    }

    /** The batches that end before a byte of a segment. */
    private List<ByteBuffer> wholeBefore(Path segment, long position) throws IOException {
        List<ByteBuffer> whole = new ArrayList<>();
        long segmentBase = LogFiles.offsetOf(segment);
        long at = 0;
        for (ByteBuffer batch : batches) {
            if (Batches.baseOffset(batch) >= segmentBase) {
                at += batch.remaining();
                if (at > position) {
                    break;
                }
            }
            whole.add(batch);
        }
        return whole;
    }

    private static void expectIndexesHold(LogFixture fixture, Log log, String where) throws IOException {
        for (ByteBuffer batch : Batches.read(log)) {
            long offset = Batches.baseOffset(batch);
            try (LogSlice slice = log.read(offset, 1, Long.MAX_VALUE, true)) {
                assertThat(slice.toBuffer()).as(where).isEqualTo(batch);
            }
        }
        for (Segment segment : log.state().segments().all()) {
            assertThat(segment.indexes().isSuspect()).as(where).isFalse();
            OffsetIndex.Entry last = segment.indexes().offsetIndex().last();
            assertThat(last == null ? -1 : last.position()).as(where).isLessThan(segment.sizeInBytes());
        }
        assertThat(fixture.files(LogFiles.LOG)).as(where).hasSize(log.segmentCount());
    }

    private static void expectAppendable(LogFixture fixture, List<ByteBuffer> expected, String where)
            throws IOException {
        List<ByteBuffer> more = new ArrayList<>(expected);
        for (int i = 0; i < 4; i++) {
            ByteBuffer batch = Batches.of(2, 50_000 + i);
            fixture.append(batch, 9);
            more.add(batch);
        }
        assertThat(Batches.read(fixture.log())).as(where).isEqualTo(more);
        assertThat(Batches.read(fixture.restart())).as(where + ", restarted").isEqualTo(more);
    }

    /** Every byte of the last batch, and random bytes of the batches before it. */
    @Test
    void cutAtAnyByteOfLastSegment() throws IOException {
        List<Path> logs = original.files(LogFiles.LOG);
        Path last = logs.get(logs.size() - 1);
        long lastBatch = startOf(last, Files.size(last) - 1);
        for (long position = 0; position < lastBatch; position += 1 + random.nextInt(20)) {
            expectPrefixAfter(LogFixture::cut, last, position);
        }
        for (long position = lastBatch; position <= Files.size(last); position++) {
            expectPrefixAfter(LogFixture::cut, last, position);
        }
    }

    @Test
    void bitFlippedAtRandomBytesOfAnySegment() throws IOException {
        for (Path segment : original.files(LogFiles.LOG)) {
            for (int i = 0; i < 20; i++) {
                long position = random.nextLong(Files.size(segment));
                expectPrefixAfterFlip(segment, position);
            }
        }
    }

    @Test
    void bitFlippedInEveryByteOfAHeader() throws IOException {
        Path segment = original.files(LogFiles.LOG).get(1);
        for (long position = 0; position < 61; position++) {
            expectPrefixAfterFlip(segment, position);
        }
    }

    /**
     * The checksum does not cover base offset and leader epoch, which the leader stamps. A flip there shows as a lower
     * offset or not at all.
     */
    private void expectPrefixAfterFlip(Path segment, long position) throws IOException {
        long inBatch = position - startOf(segment, position);
        if (inBatch >= 8 && (inBatch < 12 || inBatch >= 16)) {
            expectPrefixAfter(LogFixture::flipBit, segment, position);
        }
    }

    private long startOf(Path segment, long position) {
        long at = 0;
        for (ByteBuffer batch : batches) {
            if (Batches.baseOffset(batch) >= LogFiles.offsetOf(segment)) {
                if (at + batch.remaining() > position) {
                    return at;
                }
                at += batch.remaining();
            }
        }
        throw new AssertionError(segment + " has no byte " + position);
    }

    @Test
    void aCutSegmentDropsLaterSegments() throws IOException {
        Path segment = original.files(LogFiles.LOG).get(1);
        for (long position = 0; position < Files.size(segment); position += 17) {
            expectPrefixAfter(LogFixture::cut, segment, position);
        }
    }

    @Test
    void zerosBehindTheLastBatchAreCutOff() throws IOException {
        List<Path> logs = original.files(LogFiles.LOG);
        Path last = logs.get(logs.size() - 1);
        expectPrefixAfter(
                (file, position) -> Files.write(file, new byte[5_000], StandardOpenOption.APPEND),
                last,
                Files.size(last));
    }

    @Test
    void damagedIndexesAreRebuilt() throws IOException {
        List<String> suffixes = List.of(LogFiles.INDEX, LogFiles.TIME_INDEX);
        Map<String, Damage> damages = Map.of(
                "gone", (file, position) -> Files.delete(file),
                "torn", LogFixture::cut,
                "flipped", LogFixture::flipBit);
        for (boolean clean : new boolean[] {true, false}) {
            for (String suffix : suffixes) {
                for (Damage damage : damages.values()) {
                    expectAllAfterIndexDamage(clean, suffix, damage);
                }
            }
        }
    }

    private void expectAllAfterIndexDamage(boolean clean, String suffix, Damage damage) throws IOException {
        Path target = scratch.resolve(Long.toHexString(random.nextLong()));
        try (LogFixture copy = original.crashedCopy(target)) {
            if (clean) {
                copy.openLog();
                copy.stop();
            }
            for (Path index : copy.files(suffix)) {
                if (Files.size(index) > 0) {
                    damage.to(index, random.nextLong(Files.size(index)));
                }
            }
            Log log = copy.openLog();
            assertThat(Batches.read(log)).as("seed %d", seed).isEqualTo(batches);
            for (ByteBuffer batch : batches) {
                try (LogSlice slice = log.read(Batches.baseOffset(batch), 1, Long.MAX_VALUE, true)) {
                    assertThat(slice.toBuffer()).as("seed %d", seed).isEqualTo(batch);
                }
            }
            expectAppendable(copy, batches, "seed " + seed);
        }
    }

    @Test
    void aCleanStopSavesTheScan() throws IOException {
        original.stop();
        Path first = original.files(LogFiles.LOG).get(0);
        long payload = Files.size(first) - 1;
        LogFixture.flipBit(first, payload);
        Log log = original.openLog();
        assertThat(original.directory().wasCleanlyClosed()).isTrue();
        assertThat(log.logEndOffset()).as("the corrupt byte was not read").isEqualTo(endOffset());
        original.stop();

        Files.delete(original.path.resolve(".kafka_cleanshutdown"));
        assertThat(original.openLog().logEndOffset())
                .as("nor before the recovery point")
                .isEqualTo(endOffset());
        assertThat(original.directory().wasCleanlyClosed()).isFalse();
        original.stop();

        Files.delete(original.path.resolve(".kafka_cleanshutdown"));
        Files.delete(original.path.resolve("recovery-point-offset-checkpoint"));
        assertThat(original.openLog().logEndOffset())
                .as("nor a closed segment that is listed as forced")
                .isEqualTo(endOffset());
        original.stop();

        Files.delete(original.path.resolve(".kafka_cleanshutdown"));
        Files.delete(original.path.resolve("recovery-point-offset-checkpoint"));
        Files.delete(original.partitionPath().resolve(LogFiles.CHAIN));
        assertThat(original.openLog().logEndOffset())
                .as("scanned without a recovery point")
                .isLessThan(endOffset());
        original.stop();
    }

    @Test
    void onlyWhatFollowsTheRecoveryPointIsRead() throws IOException {
        original.log().flush();
        original.directory().checkpoint();
        long flushed = original.log().logEndOffset();
        ByteBuffer after = Batches.of(3, 60_000);
        original.append(after, 8);
        try (LogFixture crashed = original.crashedCopy(scratch.resolve("crashed"))) {
            List<Path> logs = crashed.files(LogFiles.LOG);
            LogFixture.flipBit(logs.get(0), Files.size(logs.get(0)) - 1);
            Path last = logs.get(logs.size() - 1);
            LogFixture.flipBit(last, Files.size(last) - 1);
            assertThat(crashed.openLog().logEndOffset()).isEqualTo(flushed);
            assertThat(crashed.directory().damageCount())
                    .as("what was not forced may be torn")
                    .isZero();
        }
    }

    private long endOffset() {
        return Batches.baseOffset(batches.get(batches.size() - 1))
                + RecordBatch.at(batches.get(batches.size() - 1)).recordCount();
    }

    @Test
    void epochsAreRebuiltWithoutTheirFile() throws IOException {
        LeaderEpochs expected = original.log().epochs();
        assertThat(expected.starts()).hasSize(3);
        for (boolean clean : new boolean[] {true, false}) {
            try (LogFixture copy = original.crashedCopy(scratch.resolve("copy-" + clean))) {
                if (clean) {
                    copy.openLog();
                    copy.stop();
                }
                Files.deleteIfExists(copy.partitionPath().resolve(LogFiles.EPOCHS));
                assertThat(copy.openLog().epochs()).isEqualTo(expected);
            }
        }
    }

    @Test
    void logStartOffsetSurvivesCrashAndRestart() throws IOException {
        original.log().deleteRecordsBefore(5);
        original.directory().checkpoint();
        try (LogFixture crashed = original.crashedCopy(scratch.resolve("crashed"))) {
            assertThat(crashed.openLog().logStartOffset()).isEqualTo(5);
            assertThat(crashed.restart().logStartOffset()).isEqualTo(5);
        }
    }

    @Test
    void aLogThatLostAllReadableRecordsContinuesAtItsStart() throws IOException {
        long end = original.log().logEndOffset();
        original.log().deleteRecordsBefore(end);
        original.directory().checkpoint();
        try (LogFixture crashed = original.crashedCopy(scratch.resolve("crashed"))) {
            LogFixture.cut(crashed.files(LogFiles.LOG).get(0), 0);
            Log log = crashed.openLog();
            assertThat(log.logStartOffset()).isEqualTo(end);
            assertThat(log.logEndOffset()).isEqualTo(end);
            assertThat(crashed.append(Batches.of(1, 1), 9)).isEqualTo(end);
        }
    }
}
