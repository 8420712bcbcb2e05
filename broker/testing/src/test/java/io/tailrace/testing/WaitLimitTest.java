package io.tailrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class WaitLimitTest {
    @Test
    void aWaitWithoutALimitOfItsOwnHasTheLimitOfAllTests() {
        List<Duration> limits = new ArrayList<>();

        Awaitility.await()
                .conditionEvaluationListener(evaluated -> limits.add(
                        Duration.ofMillis(evaluated.getElapsedTimeInMS() + evaluated.getRemainingTimeInMS())))
                .until(() -> true);

        assertThat(limits).hasSize(1);
        // The two parts are rounded down, each to a millisecond.
        assertThat(limits.get(0)).isBetween(WaitLimit.WAIT_MAX.minusMillis(2), WaitLimit.WAIT_MAX);
    }
}
