package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.RecordBatchBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactionBacklogTest {
    private static final long LAG_MS_MAX = 60_000;

    private LogFixture fixture = new LogFixture(Path.of("unset"), LogFixture.SMALL_SEGMENTS);

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        fixture = new LogFixture(
                directory,
                LogFixture.SMALL_SEGMENTS
                        .with(new LogConfig.Roll(1_000, LogConfig.UNLIMITED, 10 << 20, 100))
                        .with(new LogConfig.Compaction(true, 0.5, 0, LAG_MS_MAX, LAG_MS_MAX)));
        fixture.openLog();
        fill(5);
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private void fill(int segments) throws IOException {
        while (fixture.log().segmentCount() < segments) {
            RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, 1 << 20);
            byte[] key = ("key-" + fixture.log().logEndOffset()).getBytes(StandardCharsets.UTF_8);
            builder.append(fixture.nowMs, key, new byte[100], List.of());
            fixture.append(builder.build());
        }
    }

    private CompactionBacklog backlog() {
        return fixture.directory().compactionBacklog(fixture.nowMs, partition -> Long.MAX_VALUE);
    }

    private LogCompactor compact() {
        LogCompactor compactor = new LogCompactor(
                fixture.directory(), new LogCompactor.Limits(1 << 20, 1 << 20, 1), CompactionPace.UNLIMITED);
        assertThat(compactor.compactNext(fixture.nowMs, partition -> Long.MAX_VALUE))
                .isTrue();
        return compactor;
    }

    @Test
    void dirtyPartOfTheClosedSegmentsIsShown() throws IOException {
        assertThat(backlog().dirtyRatioMax()).isEqualTo(1);
        assertThat(fixture.directory()
                        .compactionBacklog(fixture.nowMs, partition -> 0)
                        .dirtyRatioMax())
                .as("nothing is below the high watermark")
                .isZero();
        LogCompactor compactor = compact();
        assertThat(compactor.lastKeptRatio()).hasValue(1);
        assertThat(backlog()).isEqualTo(new CompactionBacklog(0, 0, 0, 0));

        fill(7);
        assertThat(backlog().dirtyRatioMax()).isCloseTo(2 / 6.0, within(0.05));
    }

    @Test
    void recordsThatWaitTooLongAreShown() {
        fixture.nowMs += LAG_MS_MAX;
        assertThat(backlog().overdueMsMax()).isLessThanOrEqualTo(LAG_MS_MAX);
        long before = backlog().overdueMsMax();
        fixture.nowMs += 1_000;
        assertThat(backlog().overdueMsMax()).isEqualTo(before + 1_000);
        compact();
        assertThat(backlog().overdueMsMax()).isZero();
    }

    @Test
    void logWhosePassMetDamageIsShownUntilOneSucceeds() throws IOException {
        Path first = fixture.files(LogFiles.LOG).get(0);
        LogFixture.flipBit(first, 100);
        LogCompactor unused = compact();
        assertThat(backlog().failedLogs()).isEqualTo(1);
        assertThat(backlog().failedBytes()).isPositive();

        LogFixture.flipBit(first, 100);
        fixture.nowMs += 10_000;
        unused = compact();
        assertThat(backlog().failedLogs()).isZero();
        assertThat(backlog().failedBytes()).isZero();
    }
}
