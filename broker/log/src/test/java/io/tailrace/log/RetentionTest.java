package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which segments are deleted, when, and what readers notice. */
class RetentionTest {
    private static final long DAY_MS = 24 * 3_600_000L;

    private LogFixture fixture = new LogFixture(Path.of("unset"), LogFixture.SMALL_SEGMENTS);

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        fixture = new LogFixture(directory, LogFixture.SMALL_SEGMENTS.withFileDeleteDelayMs(60_000));
        fixture.disk = new FaultyDisk();
        fixture.openLog();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private Log fill(long timestampMs) throws IOException {
        for (int i = 0; i < 150; i++) {
            fixture.append(Batches.of(3, timestampMs));
        }
        return fixture.log();
    }

    private void maintain(long deletableBefore) {
        fixture.directory().maintain(fixture.nowMs, partition -> deletableBefore);
    }

    @Test
    void oldSegmentsAreDeletedAndTheirFilesLater() throws IOException {
        Log log = fill(1);
        fixture.nowMs += 8 * DAY_MS;
        fixture.append(Batches.of(3, 1));
        long activeBase = log.end().segment().baseOffset();
        maintain(Long.MAX_VALUE);
        assertThat(log.segmentCount()).as("the active segment").isEqualTo(1);
        assertThat(log.logStartOffset()).isEqualTo(activeBase);
        assertThat(fixture.files(LogFiles.LOG)).hasSize(1);
        assertThat(fixture.files(LogFiles.DELETED)).isNotEmpty();
        assertThatThrownBy(() -> log.read(0, 10, 100, true)).isInstanceOf(OffsetNotInLogException.class);

        fixture.nowMs += 59_999;
        maintain(Long.MAX_VALUE);
        assertThat(fixture.files(LogFiles.DELETED)).isNotEmpty();
        fixture.nowMs += 1;
        maintain(Long.MAX_VALUE);
        assertThat(fixture.files(LogFiles.DELETED)).isEmpty();
        assertThat(fixture.files(LogFiles.SNAPSHOT)).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void anIdleLogIsEmptiedAndStaysUsable() throws IOException {
        Log log = fill(1);
        fixture.nowMs += 8 * DAY_MS;
        maintain(Long.MAX_VALUE);
        assertThat(log.sizeInBytes()).isZero();
        assertThat(log.logStartOffset()).isEqualTo(450);
        assertThat(fixture.append(Batches.of(1, 1))).isEqualTo(450);
        assertThat(fixture.restart().logStartOffset()).isEqualTo(450);
    }

    @Test
    void timestampsDoNotInfluenceRetention() throws IOException {
        Log log = fill(Long.MAX_VALUE / 2);
        fill(0);
        int segments = log.segmentCount();
        fixture.nowMs += 6 * DAY_MS;
        maintain(Long.MAX_VALUE);
        assertThat(log.segmentCount()).isEqualTo(segments);
        fixture.nowMs += 2 * DAY_MS;
        maintain(Long.MAX_VALUE);
        assertThat(log.sizeInBytes()).isZero();
    }

    @Test
    void nothingAboveTheHighWatermarkIsDeleted() throws IOException {
        Log log = fill(1);
        fixture.nowMs += 8 * DAY_MS;
        maintain(200);
        assertThat(log.logStartOffset()).isBetween(100L, 200L);
    }

    @Test
    void theOldestAreDeletedWhileTheRestIsLargeEnough() throws IOException {
        Log log = fill(1);
        log.reconfigure(fixture.config.with(new LogConfig.Retention(7 * DAY_MS, 10_000)));
        maintain(Long.MAX_VALUE);
        assertThat(log.sizeInBytes()).isBetween(10_000L, 10_000L + 4_096);
    }

    @Test
    void anOpenSliceOutlivesItsDeletedSegment() throws IOException {
        Log log = fill(1);
        List<Segment> segments = log.state().segments().all();
        try (LogSlice slice = log.read(0, 1 << 20, Long.MAX_VALUE, true)) {
            ByteBuffer before = slice.toBuffer();
            try (LogSlice second = log.read(0, 1 << 20, Long.MAX_VALUE, true)) {
                fixture.nowMs += 8 * DAY_MS;
                maintain(Long.MAX_VALUE);
                fixture.nowMs += 60_000;
                maintain(Long.MAX_VALUE);
                assertThat(fixture.files(LogFiles.DELETED)).isEmpty();
                assertThat(second.toBuffer()).isEqualTo(before);
            }
            assertThat(slice.toBuffer()).as("one reader remains").isEqualTo(before);
            assertThat(segments.get(0).channel().isOpen()).isTrue();
        }
        for (Segment segment : segments.subList(0, segments.size() - 1)) {
            assertThat(segment.channel().isOpen()).as("%s", segment).isFalse();
        }
    }

    @Test
    void aDeletedPartitionDisappearsAtOnce() throws IOException {
        Log log = fill(1);
        try (LogSlice slice = log.read(0, 1 << 20, Long.MAX_VALUE, true)) {
            ByteBuffer before = slice.toBuffer();
            fixture.directory().delete(LogFixture.PARTITION, fixture.nowMs);
            assertThat(fixture.directory().log(LogFixture.PARTITION)).isEmpty();
            assertThat(fixture.partitionPath()).doesNotExist();
            assertThatThrownBy(() -> log.read(0, 1, 1, true)).isInstanceOf(LogClosedException.class);
            assertThatThrownBy(() -> log.appendAsLeader(Batches.of(1, 1), 0, 0)).isInstanceOf(LogClosedException.class);
            assertThat(slice.toBuffer()).isEqualTo(before);
        }
        Log recreated = fixture.log();
        assertThat(recreated.logEndOffset())
                .as("a topic of the same name starts empty")
                .isZero();
        fixture.nowMs += 60_000;
        maintain(Long.MAX_VALUE);
        assertThat(fixture.path.toFile().list()).noneMatch(name -> name.endsWith("-delete"));
    }
}
