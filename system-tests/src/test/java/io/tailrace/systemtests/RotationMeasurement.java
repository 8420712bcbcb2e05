package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.systemtests.rotation.Verdict;
import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * {@link RotationIT} with an hour's faults in {@code -Dminutes=} (ten), once for each of {@code -Dseeds=} (one). Run it with
 * {@code scripts/dev measure rotation}; with {@code -Dtransactions=true} the agent has transactions in the second half.
 */
class RotationMeasurement {
    private static final Duration LOAD = Duration.ofMinutes(Integer.getInteger("minutes", 10));

    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofBrokers(3, RotatedLogs.BROKERS);

    private final Findings findings = new Findings(
            "rotation",
            "seed",
            "minutes",
            "lines",
            "megabytes",
            "files",
            "files_begun_without_agent",
            "agent_killed",
            "agent_stopped",
            "brokers_killed",
            "brokers_paused",
            "disk_full",
            "dead_letters",
            "missing",
            "doubled",
            "doubled_in_file_max",
            "violations");

    @Test
    void measure() throws Exception {
        boolean isClean = true;
        for (long seed : seeds()) {
            System.out.println("rotation: -Dseeds=" + seed + " -Dminutes=" + LOAD.toMinutes());
            RotationRun.Outcome outcome = new RotationRun(
                            CLUSTER,
                            RotationPlan.thorough(seed, LOAD, Boolean.getBoolean("transactions")),
                            "rotated" + seed)
                    .run();
            add(seed, outcome);
            isClean &= outcome.verdict().isClean();
        }
        findings.write();
        assertThat(isClean).as("every verdict is clean").isTrue();
    }

    private static long[] seeds() {
        String seeds = System.getProperty("seeds", "");
        return seeds.isEmpty()
                ? new long[] {new Random().nextInt(1_000_000)}
                : Stream.of(seeds.split(","))
                        .flatMapToLong(seed -> LongStream.of(Long.parseLong(seed)))
                        .toArray();
    }

    private void add(long seed, RotationRun.Outcome outcome) {
        RotationChaos chaos = outcome.chaos();
        Verdict.Written written = outcome.verdict().written();
        Verdict.Received received = outcome.verdict().received();
        findings.add(
                seed,
                LOAD.toMinutes(),
                written.lines(),
                written.bytes() / 1_000_000,
                written.contents(),
                chaos.filesBegunWhileAway(),
                chaos.count(RotationFault.AGENT_KILLED),
                chaos.count(RotationFault.AGENT_STOPPED) + chaos.count(RotationFault.AGENT_RECONFIGURED),
                chaos.count(RotationFault.LEADER_KILLED)
                        + chaos.count(RotationFault.BROKER_KILLED)
                        + 3 * (chaos.count(RotationFault.BROKERS_KILLED) + chaos.count(RotationFault.BROKERS_AWAY)),
                chaos.count(RotationFault.BROKER_PAUSED) + 3 * chaos.count(RotationFault.BROKERS_PAUSED),
                chaos.count(RotationFault.DISK_FULL),
                received.deadLetters(),
                received.missing(),
                received.doubled(),
                received.doubledInContentMax(),
                outcome.verdict().violations().values().stream()
                        .mapToInt(Integer::intValue)
                        .sum());
    }
}
