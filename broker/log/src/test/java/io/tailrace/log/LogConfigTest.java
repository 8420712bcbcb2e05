package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogConfigTest {

    @Test
    void jitterSpreadsTheAgesOfSegments() {
        LogConfig.Roll roll = new LogConfig.Roll(1 << 20, 1_000, 400, 10 << 20, 4096);

        List<Long> agesMs = LongStream.range(0, 100)
                .map(index -> roll.ageMsMax(new TopicPartition("access-log", (int) index), 0))
                .boxed()
                .toList();

        assertThat(agesMs).allSatisfy(ageMs -> assertThat(ageMs).isBetween(600L, 1_000L));
        assertThat(Set.copyOf(agesMs)).hasSizeGreaterThan(50);
        assertThat(roll.ageMsMax(LogFixture.PARTITION, 7)).isEqualTo(roll.ageMsMax(LogFixture.PARTITION, 7));
    }

    @Test
    void jitterLeavesASegmentAtLeastAMillisecond() {
        LogConfig.Roll roll = new LogConfig.Roll(1 << 20, 2, Long.MAX_VALUE, 10 << 20, 4096);

        assertThat(LongStream.range(0, 100).map(offset -> roll.ageMsMax(LogFixture.PARTITION, offset)))
                .containsOnly(1L, 2L);
    }

    @Test
    void segmentRollsAtItsOwnAge(@TempDir Path path) throws IOException {
        LogConfig.Roll roll = new LogConfig.Roll(1 << 20, 1_000, 400, 10 << 20, 4096);
        try (LogFixture fixture = new LogFixture(path, LogConfig.DEFAULTS.with(roll))) {
            Log log = fixture.openLog();
            fixture.append(Batches.of(1, 5));

            fixture.nowMs += roll.ageMsMax(LogFixture.PARTITION, 0) - 1;
            fixture.append(Batches.of(1, 5));
            assertThat(log.segmentCount()).isEqualTo(1);
            fixture.nowMs += 1;
            fixture.append(Batches.of(1, 5));
            assertThat(log.segmentCount()).isEqualTo(2);
        }
    }

    @Test
    void compactionSettingsAreBounded() {
        assertThatThrownBy(() -> new LogConfig.Compaction(true, 1.1, 0, 1, 0))
                .hasMessage("min.cleanable.dirty.ratio: expected 0 to 1, found 1.1");
        assertThatThrownBy(() -> new LogConfig.Compaction(true, Double.NaN, 0, 1, 0))
                .hasMessage("min.cleanable.dirty.ratio: expected 0 to 1, found NaN");
    }
}
