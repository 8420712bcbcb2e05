package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Every line of logs that are rotated in every usual way arrives once, whatever happens to the agent, its brokers and its disk. The
 * agent begins without transactions, and is switched to them before its first {@code kill -9}, which would double lines otherwise.
 *
 * <p>{@code -Dseed=} sets the faults. {@link RotationMeasurement} does the same for ten minutes.
 */
class RotationIT {
    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofBrokers(3, RotatedLogs.BROKERS);

    @Test
    void everyLineArrivesOnce() throws Exception {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("RotationIT: -Dseed=" + seed);

        RotationRun.Outcome outcome = new RotationRun(CLUSTER, RotationPlan.brief(seed), "rotated").run();

        assertThat(outcome.verdict().isClean())
                .as("seed %d: %s", seed, outcome.verdict())
                .isTrue();
        assertThat(outcome.verdict().received().doubled()).as("doubled rows").isZero();
        assertThat(outcome.chaos().filesBegunWhileAway())
                .as("files begun while the agent was away")
                .isPositive();
    }
}
