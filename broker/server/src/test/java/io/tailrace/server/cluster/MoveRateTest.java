package io.tailrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MoveRateTest {
    private final MoveRate rate = new MoveRate(0);

    @Test
    void withoutALimitEverythingMayBeCopied() {
        assertThat(rate.allowance(0)).isEqualTo(ReplicaMoves.UNLIMITED);
        rate.copied(1 << 30);
        assertThat(rate.allowance(0)).isEqualTo(ReplicaMoves.UNLIMITED);
    }

    @Test
    void atMostASecondIsSavedUp() {
        rate.limit(1_000);
        assertThat(rate.allowance(500)).isEqualTo(500);
        assertThat(rate.allowance(60_000)).isEqualTo(1_000);
        rate.copied(3_000);
        assertThat(rate.allowance(61_000)).isEqualTo(-1_000);
        assertThat(rate.allowance(62_500)).isEqualTo(500);
    }

    @Test
    void lowRatesEarnBytesHoweverOftenTheyAreAsked() {
        rate.limit(2);
        rate.copied(1);
        for (int nowMs = 0; nowMs < 1_000; nowMs += 10) {
            assertThat(rate.allowance(nowMs)).isLessThanOrEqualTo(0);
        }
        assertThat(rate.allowance(1_000)).isEqualTo(1);
    }

    @Test
    void aLowerLimitAppliesAtOnce() {
        assertThat(rate.allowance(10_000)).isPositive();
        rate.limit(100);
        assertThat(rate.allowance(10_000)).isEqualTo(100);
    }
}
