package io.tailrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class CompactionRateTest {
    private final AtomicLong steadyMs = new AtomicLong(1_000_000);

    @Test
    void eachPieceIsFollowedByAPauseThatKeepsTheRate() {
        CompactionRate rate = new CompactionRate(1_000, steadyMs::get);
        assertThat(rate.await(500)).isTrue();
        assertThat(rate.waitMs()).isEqualTo(500);
        steadyMs.addAndGet(500);
        assertThat(rate.waitMs()).isZero();
        assertThat(rate.await(2_000)).isTrue();
        assertThat(rate.waitMs()).isEqualTo(2_000);
    }

    @Test
    void timeWithoutWorkIsNotSaved() {
        CompactionRate rate = new CompactionRate(1_000, steadyMs::get);
        assertThat(rate.await(1)).isTrue();
        steadyMs.addAndGet(60_000);
        assertThat(rate.await(100)).isTrue();
        assertThat(rate.waitMs()).isEqualTo(100);
    }

    @Test
    void withoutALimitNothingWaits() {
        CompactionRate rate = new CompactionRate(Double.MAX_VALUE, steadyMs::get);
        assertThat(rate.await(Integer.MAX_VALUE)).isTrue();
        assertThat(rate.waitMs()).isLessThanOrEqualTo(1);
    }

    @Test
    void stoppingEndsAWait() throws Exception {
        CompactionRate rate = new CompactionRate(1, steadyMs::get);
        assertThat(rate.await(1 << 20)).isTrue();
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> rate.await(1));
        rate.stop();
        assertThat(waiting.get(60, TimeUnit.SECONDS)).isFalse();
        assertThat(rate.await(1)).isFalse();
    }
}
