package io.tailrace.systemtests;

import io.tailrace.systemtests.rotation.LogFleet;
import io.tailrace.systemtests.rotation.RowJudge;
import io.tailrace.systemtests.rotation.RowReader;
import io.tailrace.systemtests.rotation.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Lines of logs that are rotated go through an agent, brokers and a loader into tables in Hive, while each process is killed and
 * paused. Then the faults end, the lines that are on their way arrive, and the tables are compared with what was written.
 *
 * <p>The sequence of a line in its log is its event time, in seconds since 1970. So each 3,600 lines of a log begin another hour,
 * and all hours have ended.
 */
final class PromiseRun {
    private static final String LINE_PATTERN = "[^ ]+ [^ ]+ (?P<second>[0-9]+) .*";

    private final LocalCluster cluster;
    private final PromisePlan plan;
    private final Random random;
    private final RotatedLogs logs;
    private final Instant start = Instant.now();

    /**
     * What happened, and the verdicts on it.
     *
     * @param topics the verdict on the committed records
     * @param tables the verdict on the rows in Hive
     * @param hours what {@code tailrace audit} says of each hour of the lines
     */
    record Outcome(PromiseChaos chaos, Verdict topics, Verdict tables, List<HiveTables.Hour> hours) {}

    /**
     * A run that has not begun.
     *
     * @param cluster three brokers with {@link RotatedLogs#BROKERS}
     * @param name of its topics and its folder
     */
    PromiseRun(LocalCluster cluster, PromisePlan plan, String name) throws IOException {
        this.cluster = cluster;
        this.plan = plan;
        random = new Random(plan.seed());
        logs = new RotatedLogs(cluster, name);
    }

    /** Runs all of it. Fails if a process ends by itself, or if something does not arrive. */
    Outcome run() throws Exception {
        try (HiveTables hive = HiveTables.start(logs.folder(), cluster)) {
            logs.createTopics();
            for (String topic : List.of("audit", "hours")) {
                logs.createTopic(logs.topics().lines() + "-" + topic);
            }
            try (KillableServer registry = logs.registry();
                    ClusterWatch watch = new ClusterWatch(
                            cluster,
                            List.of(logs.topics().lines(), logs.topics().deadLetters()))) {
                registry.start();
                String registryUrl = "http://127.0.0.1:" + registry.awaitPort();
                watch.awaitWhole();
                hive.configure(logs.topics(), registryUrl);
                return run(hive, registry, registryUrl);
            }
        }
    }

    private Outcome run(HiveTables hive, KillableServer registry, String registryUrl) throws Exception {
        try (RowReader reader = logs.read(registryUrl);
                LogFleet programs = logs.write(plan.scale(), random);
                FollowingAgent agent = logs.agent(registryUrl)) {
            configure(agent, programs);
            agent.start();
            logs.awaitFirstRow(agent);
            try (KillableServer loader = hive.loader()) {
                PromiseChaos chaos = new PromiseChaos(
                        cluster,
                        new PromiseChaos.Victims(
                                agent, "tailrace-agent-" + RotatedLogs.HOST, registry, loader, programs, logs.judge()),
                        plan,
                        random);
                loader.start();
                try {
                    return run(chaos, reader, programs, agent, hive, loader);
                } catch (Throwable e) {
                    throw logs.failure(plan.seed(), chaos.record(), e);
                }
            }
        }
    }

    private void configure(FollowingAgent agent, LogFleet programs) {
        agent.set("transactions", String.valueOf(plan.transactions()));
        agent.set("audit.topic", logs.topics().lines() + "-audit");
        agent.set("audit.progress.topic", logs.topics().lines() + "-progress");
        List<Path> paths = new ArrayList<>(programs.paths());
        paths.add(programs.addedPath());
        logs.source("logs", paths).forEach(agent::set);
        agent.set("source.logs.format", "regex");
        agent.set("source.logs.pattern", LINE_PATTERN);
        agent.set("source.logs.time.field", "second");
        agent.set("source.logs.time.format", "epoch-seconds");
    }

    private Outcome run(
            PromiseChaos chaos,
            RowReader reader,
            LogFleet programs,
            FollowingAgent agent,
            HiveTables hive,
            KillableServer loader)
            throws Exception {
        long startNs = System.nanoTime();
        do {
            chaos.round();
            reader.requireReading();
        } while (System.nanoTime() - startNs < plan.load().toNanos());
        programs.close();
        chaos.note(logs.arrivals());
        logs.awaitReceived(reader);
        Verdict verdict = logs.judge().verdict();
        chaos.note("topics: " + verdict);
        loader.close();
        chaos.note(hive.load());
        List<HiveTables.Hour> hours = awaitComplete(hive);
        chaos.note("audit: " + hours);
        agent.stop();
        chaos.note(hive.load());
        RowJudge tables = logs.judge().ofTable();
        hive.read(tables);
        Outcome outcome = new Outcome(chaos, verdict, tables.verdict(), hours);
        chaos.note("tables: " + outcome.tables());
        return outcome;
    }

    /**
     * Waits until every hour is complete, and returns the last answer of the audit: the agent counts lines of earlier hours after
     * it has sent them. Rejected lines are counted in the hour of their rejection, which has not ended.
     */
    private List<HiveTables.Hour> awaitComplete(HiveTables hive) throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + RotatedLogs.NEXT_ROW_MAX.toNanos();
        List<HiveTables.Hour> hours;
        do {
            hours = hive.audit(start);
        } while (!hours.stream().allMatch(HiveTables.Hour::isComplete) && System.nanoTime() < deadlineNs);
        return hours;
    }
}
