package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.systemtests.rotation.Verdict;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Every line that is written is one row in Hive or one dead letter, whatever is killed, and the audit says that every hour is
 * complete: all kinds of faults for {@code -Dminutes=} (ten), which {@code -Dseed=} draws. Run it with
 * {@code scripts/dev measure promise}; {@code -Dbrief=true} has a fault or two of each process, and writes no results. With
 * {@code -Dtransactions=false} it fails: an agent that is killed sends lines again.
 */
class PromiseMeasurement {
    private static final Duration LOAD = Duration.ofMinutes(Integer.getInteger("minutes", 10));

    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofBrokers(3, RotatedLogs.BROKERS);

    private final Findings findings = new Findings(
            "promise",
            "seed",
            "minutes",
            "lines",
            "megabytes",
            "files",
            "agent_killed",
            "agent_paused",
            "brokers_killed",
            "brokers_paused",
            "registry_killed",
            "registry_paused",
            "loader_killed",
            "loader_paused",
            "rows",
            "dead_letters",
            "missing",
            "doubled",
            "hours",
            "hours_complete");

    @Test
    void measure() throws Exception {
        long seed = Long.getLong("seed", new Random().nextInt(1_000_000));
        System.out.println("promise: -Dseed=" + seed + " -Dminutes=" + LOAD.toMinutes());

        boolean transactions = !System.getProperty("transactions", "true").equals("false");
        boolean isBrief = Boolean.getBoolean("brief");
        PromisePlan plan =
                isBrief ? PromisePlan.brief(seed, transactions) : PromisePlan.thorough(seed, LOAD, transactions);
        PromiseRun.Outcome outcome = new PromiseRun(CLUSTER, plan, "promise" + seed).run();

        add(seed, outcome);
        if (!isBrief) {
            findings.write();
        }
        assertKept(seed, outcome);
    }

    private void add(long seed, PromiseRun.Outcome outcome) {
        PromiseChaos chaos = outcome.chaos();
        findings.add(
                seed,
                LOAD.toMinutes(),
                outcome.tables().written().lines(),
                outcome.tables().written().bytes() / 1_000_000,
                outcome.tables().written().contents(),
                chaos.count(PromiseFault.AGENT_KILLED),
                chaos.count(PromiseFault.AGENT_PAUSED),
                chaos.count(PromiseFault.COORDINATOR_KILLED, PromiseFault.BROKER_KILLED)
                        + 3 * chaos.count(PromiseFault.BROKERS_KILLED),
                chaos.count(PromiseFault.COORDINATOR_PAUSED, PromiseFault.BROKER_PAUSED),
                chaos.count(PromiseFault.REGISTRY_KILLED),
                chaos.count(PromiseFault.REGISTRY_PAUSED),
                chaos.count(PromiseFault.LOADER_KILLED),
                chaos.count(PromiseFault.LOADER_PAUSED),
                outcome.tables().received().rows(),
                outcome.tables().received().deadLetters(),
                outcome.tables().received().missing(),
                outcome.tables().received().doubled(),
                outcome.hours().size(),
                outcome.hours().stream().filter(HiveTables.Hour::isComplete).count());
    }

    private static void assertKept(long seed, PromiseRun.Outcome outcome) {
        Verdict tables = outcome.tables();
        assertThat(tables.isClean()).as("seed %d, tables: %s", seed, tables).isTrue();
        assertThat(tables.received().doubled()).as("lines with two rows").isZero();
        assertThat(outcome.topics().isClean())
                .as("seed %d, topics: %s", seed, outcome.topics())
                .isTrue();
        assertThat(outcome.hours())
                .isNotEmpty()
                .extracting(HiveTables.Hour::verdict)
                .as("seed %d, audit: %s", seed, outcome.hours())
                .containsOnly("COMPLETE");
    }
}
