package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a log is compacted, what a pass leaves alone, and what a failed one does. */
class LogCompactorTest {
    private static final long MINUTE_MS = 60_000;
    private static final long BACKOFF_MS = 100;
    private static final LogConfig.Compaction DEFAULTS =
            new LogConfig.Compaction(true, 0.5, 0, LogConfig.UNLIMITED, MINUTE_MS);

    private final FaultyDisk disk = new FaultyDisk();
    private LogFixture fixture = new LogFixture(Path.of("unset"), LogFixture.SMALL_SEGMENTS);

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        fixture = new LogFixture(
                directory,
                LogFixture.SMALL_SEGMENTS.with(new LogConfig.Roll(1_000, LogConfig.UNLIMITED, 10 << 20, 100)));
        fixture.config = fixture.config.with(DEFAULTS);
        fixture.disk = disk;
        fixture.openLog();
    }

    private void configure(LogConfig.Compaction compaction) throws IOException {
        fixture.config = fixture.config.with(compaction);
        fixture.log().reconfigure(fixture.config);
    }

    private void put(@Nullable String key, @Nullable String value) throws IOException {
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, 1 << 20);
        builder.append(fixture.nowMs, bytes(key), bytes(value), List.of());
        fixture.append(builder.build());
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /** Appends values of two keys until the log has this many segments. */
    private void fill(int segments) throws IOException {
        while (fixture.log().segmentCount() < segments) {
            put("key-" + fixture.log().logEndOffset() % 2, "value");
        }
    }

    private boolean compact() {
        return compact(Long.MAX_VALUE);
    }

    private boolean compact(long limitOffset) {
        return compactor(CompactionPace.UNLIMITED).compactNext(fixture.nowMs, partition -> limitOffset);
    }

    private LogCompactor compactor(CompactionPace pace) {
        return new LogCompactor(fixture.directory(), new LogCompactor.Limits(1 << 20, 1 << 20, BACKOFF_MS), pace);
    }

    private int records() throws IOException {
        return CompactionModel.read(fixture.log()).size();
    }

    private long activeBase() throws IOException {
        List<Path> files = fixture.files(LogFiles.LOG);
        return LogFiles.offsetOf(files.get(files.size() - 1));
    }

    @Test
    void smallSegmentsAreMergedAndTheActiveOneIsLeftAlone() throws IOException {
        fill(6);
        long active = fixture.log().logEndOffset() - activeBase();
        assertThat(compact()).isTrue();
        assertThat(records()).isEqualTo(2 + (int) active);
        assertThat(fixture.log().segmentCount())
                .as("too large to be merged before")
                .isEqualTo(6);
        assertThat(compact()).as("nothing is dirty").isFalse();

        fill(8);
        active = fixture.log().logEndOffset() - activeBase();
        assertThat(compact()).isTrue();
        assertThat(records()).isEqualTo(2 + (int) active);
        assertThat(fixture.log().segmentCount()).isEqualTo(4);
        assertThat(fixture.files(LogFiles.LOG)).hasSize(4);
        assertThat(fixture.files(LogFiles.SNAPSHOT))
                .as("one where each later segment starts")
                .hasSize(3);
        Log log = fixture.restart();
        assertThat(log.segmentCount()).isEqualTo(4);
    }

    @Test
    void aTopicWithoutCompactionIsNotCompacted() throws IOException {
        configure(new LogConfig.Compaction(false, 0, 0, 1, 0));
        fill(4);
        assertThat(compact()).isFalse();
    }

    @Test
    void nothingAboveTheHighWatermarkIsCompacted() throws IOException {
        fill(6);
        long thirdBase = LogFiles.offsetOf(fixture.files(LogFiles.LOG).get(2));
        long end = fixture.log().logEndOffset();
        assertThat(compact(thirdBase - 1)).as("covers one segment").isTrue();
        assertThat(fixture.log().segmentCount()).isEqualTo(6);
        assertThat(compact(0)).isFalse();
        assertThat(compact(thirdBase)).isTrue();
        assertThat(records()).isEqualTo(2 + (int) (end - thirdBase));
    }

    @Test
    void theLogIsDueOnceEnoughOfItIsDirty() throws IOException {
        for (int i = 0; fixture.log().segmentCount() < 9; i++) {
            put("unique-" + i, "value");
        }
        assertThat(compact()).as("all of it is dirty").isTrue();
        fill(fixture.log().segmentCount() + 3);
        assertThat(compact()).as("a third of it is dirty").isFalse();
        configure(new LogConfig.Compaction(true, 0.2, 0, LogConfig.UNLIMITED, MINUTE_MS));
        assertThat(compact()).isTrue();
    }

    @Test
    void youngSegmentsAreLeftAloneAndOldOnesAreDue() throws IOException {
        configure(new LogConfig.Compaction(true, 0.5, 1_000, LogConfig.UNLIMITED, MINUTE_MS));
        fill(4);
        assertThat(compact()).isFalse();
        fixture.nowMs += 1_000;
        assertThat(compact()).isTrue();

        configure(new LogConfig.Compaction(true, 1, 0, 5_000, MINUTE_MS));
        for (int i = 0; i < 10; i++) {
            put("unique-" + i, "value");
        }
        put("key-0", "last");
        assertThat(compact()).isFalse();
        fixture.nowMs += 5_000;
        // The active segment is closed for it.
        fixture.directory().maintain(fixture.nowMs, partition -> 0);
        assertThat(compact()).isTrue();
    }

    @Test
    void tombstonesGoAfterTheirTimeWithoutNewRecords() throws IOException {
        put("gone", "value");
        put("gone", null);
        fill(4);
        assertThat(compact()).isTrue();
        assertThat(CompactionModel.read(fixture.log())).containsKey(1L).doesNotContainKey(0L);
        fixture.nowMs += MINUTE_MS - 1;
        assertThat(compact()).isFalse();
        fixture.nowMs += 1;
        assertThat(compact()).isTrue();
        assertThat(CompactionModel.read(fixture.log())).doesNotContainKey(1L);
        fixture.nowMs += 10 * MINUTE_MS;
        assertThat(compact()).as("none is left").isFalse();
        fixture.restart();
        assertThat(compact()).isFalse();
    }

    @Test
    void recordsWithoutAKeyAreRemoved() throws IOException {
        put(null, "value");
        fill(4);
        assertThat(compact()).isTrue();
        assertThat(CompactionModel.read(fixture.log())).doesNotContainKey(0L);
    }

    @Test
    void aDamagedSegmentIsSkippedCountedAndTriedAgainAfterAPause() throws IOException {
        put("kept", "old");
        fill(3);
        put("kept", null);
        fill(8);
        List<Path> files = fixture.files(LogFiles.LOG);
        Path damaged = files.get(0);
        LogFixture.flipBit(damaged, 100);
        byte[] bytes = Files.readAllBytes(damaged);
        long before = fixture.log().sizeInBytes();

        assertThat(compact()).isTrue();
        assertThat(fixture.log().damageCount()).isPositive();
        assertThat(fixture.failures).isEmpty();
        assertThat(Files.readAllBytes(damaged)).isEqualTo(bytes);
        assertThat(fixture.log().sizeInBytes()).as("the others were compacted").isLessThan(before);
        assertThat(compact()).as("during the pause").isFalse();

        fixture.nowMs += BACKOFF_MS;
        assertThat(compact()).as("after it").isTrue();
        fixture.nowMs += BACKOFF_MS;
        assertThat(compact()).as("the pause has doubled").isFalse();

        fixture.nowMs += 10 * MINUTE_MS;
        assertThat(compact()).isTrue();
        LogFixture.flipBit(damaged, 100);
        fixture.nowMs += 10 * MINUTE_MS;
        assertThat(compact()).isTrue();
        assertThat(CompactionModel.read(fixture.log()).values())
                .as("the tombstone has outlived the record that could not be read")
                .noneMatch(entry -> entry.key().equals("kept") && entry.value() != null);
    }

    /** A map of two keys is full long before the end of the log. */
    private boolean compactWithSmallMap() {
        LogCompactor.Limits limits = new LogCompactor.Limits(80, 1 << 20, BACKOFF_MS);
        return new LogCompactor(fixture.directory(), limits, CompactionPace.UNLIMITED)
                .compactNext(fixture.nowMs, partition -> Long.MAX_VALUE);
    }

    @Test
    void passesOverALogWithADamagedSegmentReachItsEndWhenTheMapIsSmall() throws IOException {
        put("kept", "old");
        for (int i = 0; i < 40; i++) {
            put("unique-" + i, "value");
        }
        put("kept", null);
        fill(fixture.log().segmentCount() + 4);
        Path damaged = fixture.files(LogFiles.LOG).get(0);
        LogFixture.flipBit(damaged, 100);

        int passes = 0;
        while (compactWithSmallMap()) {
            assertThat(passes++).isLessThan(200);
        }
        assertThat(passes).as("each went on where the map was full").isGreaterThan(10);
        LogFixture.flipBit(damaged, 100);
        assertThat(CompactionModel.read(fixture.log()).headMap(activeBase()).values().stream()
                        .filter(entry ->
                                "value".equals(entry.value()) && entry.key().startsWith("key-")))
                .as("the end of the log is compacted")
                .hasSize(2);

        fixture.nowMs += 10 * MINUTE_MS;
        configure(new LogConfig.Compaction(true, 0, 0, LogConfig.UNLIMITED, MINUTE_MS));
        while (compactWithSmallMap()) {
            assertThat(passes++).isLessThan(400);
        }
        assertThat(CompactionModel.read(fixture.log()).values())
                .as("a segment that was mended is compacted with all later keys")
                .noneMatch(entry -> entry.key().equals("kept") && entry.value() != null);
        assertThat(fixture.log().state().history().firstDirtyOffset()).isEqualTo(activeBase());
    }

    @Test
    void aDamagedLogDoesNotStopOthers() throws IOException {
        fill(4);
        LogFixture.flipBit(fixture.files(LogFiles.LOG).get(0), 100);
        Log other = fixture.directory().create(new TopicPartition("other", 0), fixture.config, fixture.nowMs);
        while (other.segmentCount() < 4) {
            RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, 1 << 20);
            builder.append(1, bytes("key"), bytes("value"), List.of());
            assertThat(other.appendAsLeader(builder.build(), 0, fixture.nowMs))
                    .isInstanceOf(AppendResult.Appended.class);
        }
        while (compact()) {
            assertThat(fixture.failures).isEmpty();
        }
        assertThat(CompactionModel.read(other).headMap(other.state().history().firstDirtyOffset()))
                .hasSize(1);
    }

    @Test
    void withoutSpaceNothingChangesAndALaterPassSucceeds() throws IOException {
        fill(5);
        int before = records();
        disk.spaceBytes.set(10);
        assertThat(compact()).isTrue();
        assertThat(records()).isEqualTo(before);
        assertThat(fixture.files(LogFiles.COMPACTED)).isEmpty();
        assertThat(fixture.failures).isEmpty();
        disk.spaceBytes.set(1 << 20);
        fixture.nowMs += BACKOFF_MS;
        assertThat(compact()).isTrue();
        assertThat(records()).isLessThan(before);
    }

    @Test
    void aPassThatIsStoppedChangesNothing() throws IOException {
        fill(5);
        int before = records();
        for (int pieces = 0; pieces < 5; pieces++) {
            AtomicInteger left = new AtomicInteger(pieces);
            assertThat(compactor(bytes -> left.getAndDecrement() > 0)
                            .compactNext(fixture.nowMs, partition -> Long.MAX_VALUE))
                    .isTrue();
            assertThat(records()).isEqualTo(before);
            assertThat(fixture.files(LogFiles.COMPACTED)).isEmpty();
        }
        assertThat(compact()).as("without a pause").isTrue();
    }

    @Test
    void aPassGivesWayToATruncationAndToTheEndOfTheLog() throws IOException {
        fill(6);
        Log log = fixture.log();
        AtomicInteger pieces = new AtomicInteger();
        assertThat(compactor(bytes -> {
                            if (pieces.incrementAndGet() == 7) {
                                truncate(log);
                            }
                            return true;
                        })
                        .compactNext(fixture.nowMs, partition -> Long.MAX_VALUE))
                .isTrue();
        assertThat(log.logEndOffset()).isEqualTo(3);
        assertThat(fixture.files(LogFiles.COMPACTED)).isEmpty();

        fill(6);
        assertThat(compactor(bytes -> {
                            delete();
                            return true;
                        })
                        .compactNext(fixture.nowMs, partition -> Long.MAX_VALUE))
                .isTrue();
        assertThat(fixture.directory().logs()).isEmpty();
        assertThat(fixture.failures).isEmpty();
    }

    private void truncate(Log log) {
        try {
            log.truncateTo(3, fixture.nowMs);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void delete() {
        try {
            fixture.directory().delete(LogFixture.PARTITION, fixture.nowMs);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aReaderOfAReplacedSegmentFinishes() throws IOException {
        fill(5);
        try (LogSlice slice = fixture.log().read(0, 1 << 20, Long.MAX_VALUE, true)) {
            ByteBuffer before = slice.toBuffer();
            assertThat(compact()).isTrue();
            assertThat(slice.toBuffer()).isEqualTo(before);
        }
    }

    @Test
    void aFollowerTakesACompactedLogWithItsGaps() throws IOException {
        fill(6);
        assertThat(compact()).isTrue();
        Log follower = fixture.directory().create(new TopicPartition("follower", 0), fixture.config, fixture.nowMs);
        for (ByteBuffer batch : Batches.read(fixture.log())) {
            assertThat(follower.appendAsFollower(batch, fixture.nowMs)).isInstanceOf(AppendResult.Appended.class);
        }
        assertThat(CompactionModel.read(follower)).isEqualTo(CompactionModel.read(fixture.log()));
        assertThat(follower.logEndOffset()).isEqualTo(fixture.log().logEndOffset());
        assertThat(follower.epochs()).isEqualTo(fixture.log().epochs());
        for (ByteBuffer batch : Batches.read(follower)) {
            assertThat(RecordBatch.at(batch).isCrcValid()).isTrue();
        }
    }
}
