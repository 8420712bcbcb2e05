package io.tailrace.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestTimesTest {
    private static final long START = -123_456_789_000L;
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final RequestTimes times = new RequestTimes(START);

    private void addMs(long ms, long nowNanos) {
        times.add(TimeUnit.MILLISECONDS.toNanos(ms), nowNanos);
    }

    @Test
    void quantilesAreAnEighthTooHighAtMost() {
        for (int ms = 1; ms <= 1000; ms++) {
            addMs(ms, START);
        }

        Map<Double, Double> quantiles = times.quantilesMs(START);

        assertThat(quantiles.keySet()).containsExactly(0.5, 0.75, 0.95, 0.98, 0.99, 0.999);
        quantiles.forEach((quantile, ms) ->
                assertThat(ms).as("quantile %s", quantile).isBetween(quantile * 1000, quantile * 1000 * 1.13));
        assertThat(times.count()).isEqualTo(1000);
        assertThat(times.sumMs()).isCloseTo(500_500, within(0.001));
    }

    @Test
    void everyTimeHasABucketThatHoldsIt() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            RequestTimes one = new RequestTimes(0);
            long nanos = random.nextLong(1L << random.nextInt(1, 39));
            one.add(nanos, 0);

            double exactMs = nanos / 1e6;
            assertThat(one.quantilesMs(0).get(0.5))
                    .as("%s ns", nanos)
                    .isGreaterThanOrEqualTo(Math.floor(nanos / 1e3) / 1e3)
                    .isLessThanOrEqualTo(exactMs * 1.13 + 0.001);
        }
    }

    @Test
    void timesOfAnyLengthAreCounted() {
        times.add(-5, START);
        times.add(Long.MAX_VALUE, START);

        assertThat(times.count()).isEqualTo(2);
        assertThat(times.quantilesMs(START)).containsEntry(0.5, 0.001);
    }

    @Test
    void quantilesForgetAfterFiveMinutesAndCountsDoNot() {
        addMs(1000, START);
        addMs(1, START + 3 * MINUTE);

        assertThat(times.quantilesMs(START + 4 * MINUTE).get(0.99)).isGreaterThan(999);
        assertThat(times.quantilesMs(START + 5 * MINUTE).get(0.99)).isLessThan(2);
        assertThat(times.quantilesMs(START + 8 * MINUTE)).isEmpty();
        assertThat(times.count()).isEqualTo(2);
    }

    @Test
    void aSlotIsEmptiedBeforeItIsUsedAgain() {
        addMs(1000, START);
        addMs(1, START + 5 * MINUTE);

        assertThat(times.quantilesMs(START + 5 * MINUTE).get(0.999)).isLessThan(2);
    }
}
