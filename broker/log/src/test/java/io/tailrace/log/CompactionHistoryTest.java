package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CompactionHistoryTest {
    private static final long RETENTION_MS = 16_000;

    @Test
    void tombstonesMayGoOnceTheirPassIsOldEnough() {
        CompactionHistory history = CompactionHistory.EMPTY
                .plus(100, 1_000, RETENTION_MS)
                .plus(200, 5_000, RETENTION_MS)
                .counted(new long[] {0, 2});
        assertThat(history.firstDirtyOffset()).isEqualTo(200);
        assertThat(history.tombstonesEndOffset(16_999, RETENTION_MS)).isZero();
        assertThat(history.tombstonesEndOffset(17_000, RETENTION_MS)).isEqualTo(100);
        assertThat(history.hasExpiredTombstones(17_000, RETENTION_MS))
                .as("below 100 there are none")
                .isFalse();
        assertThat(history.tombstonesEndOffset(21_000, RETENTION_MS)).isEqualTo(200);
        assertThat(history.hasExpiredTombstones(21_000, RETENTION_MS)).isTrue();
    }

    @Test
    void frequentPassesDoNotKeepTombstonesForever() {
        CompactionHistory history = CompactionHistory.EMPTY;
        for (long nowMs = 0; nowMs < 100_000; nowMs += 10) {
            history = history.plus(nowMs + 1, nowMs, RETENTION_MS);
            assertThat(history.marks()).hasSizeLessThan(20);
            long oldEnough = history.tombstonesEndOffset(nowMs, RETENTION_MS);
            assertThat(oldEnough).as("not too early").isLessThanOrEqualTo(Math.max(0, nowMs - RETENTION_MS + 1));
            assertThat(oldEnough).as("and not too late").isGreaterThan(nowMs - RETENTION_MS - RETENTION_MS / 16 - 10);
        }
    }

    @Test
    void aTruncationCutsIt() {
        CompactionHistory history =
                CompactionHistory.EMPTY.plus(100, 1_000, RETENTION_MS).plus(200, 5_000, RETENTION_MS);
        assertThat(history.truncate(200)).isEqualTo(history);
        assertThat(history.truncate(150).marks())
                .containsExactly(new CompactionHistory.Mark(100, 1_000, 0), new CompactionHistory.Mark(150, 5_000, 0));
        assertThat(history.truncate(100).marks()).containsExactly(new CompactionHistory.Mark(100, 1_000, 0));
        assertThat(history.truncate(0)).isEqualTo(CompactionHistory.EMPTY);
    }

    @Test
    void aPassThatReachesNoFurtherChangesOnlyTheNumberOfTombstones() {
        CompactionHistory history =
                CompactionHistory.EMPTY.plus(100, 1_000, RETENTION_MS).counted(new long[] {3});
        CompactionHistory after = history.plus(100, 50_000, RETENTION_MS).counted(new long[] {0});
        assertThat(after.marks()).isEqualTo(List.of(new CompactionHistory.Mark(100, 1_000, 0)));
    }
}
