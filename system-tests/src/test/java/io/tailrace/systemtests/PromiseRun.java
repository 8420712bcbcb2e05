package io.tailrace.systemtests;

import static org.awaitility.Awaitility.await;

import io.tailrace.systemtests.rotation.LogFleet;
import io.tailrace.systemtests.rotation.RowJudge;
import io.tailrace.systemtests.rotation.RowReader;
import io.tailrace.systemtests.rotation.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;

/**
 * Lines of logs that are rotated go through an agent, brokers and a loader into tables in Hive, while each process is killed and
 * paused. Then the faults end, the lines that are on their way arrive, and the tables are compared with what was written.
 *
 * <p>The sequence of a line in its log is its event time, in seconds since 1970. So each 3,600 lines of a log begin another hour,
 * and all hours have ended.
 */
final class PromiseRun {
    private static final String HOST = "web-1";
    private static final int PARTITIONS = 4;
    private static final int REPLICAS = 3;
    private static final String LINE_PATTERN = "[^ ]+ [^ ]+ (?P<second>[0-9]+) .*";

    /** Longer than any fault of a plan, and what it takes to recover from it on a busy machine. */
    private static final Duration NEXT_ROW_MAX = Duration.ofMinutes(3);

    private final LocalCluster cluster;
    private final PromisePlan plan;
    private final Random random;
    private final Path folder;
    private final RowReader.Topics topics;
    private final KafkaClients clients;
    private final Instant start = Instant.now();
    /** Judges what arrives in the topics, so that programs write on and delete files. */
    private final RowJudge arrivals;

    /**
     * What happened, and the verdicts on it.
     *
     * @param topics the verdict on the committed records
     * @param tables the verdict on the rows in Hive
     * @param hours what {@code tailrace audit} says of each hour of the lines
     */
    record Outcome(PromiseChaos chaos, Verdict topics, Verdict tables, List<HiveTables.Hour> hours) {}

    /** Settings of the brokers of such a run. */
    static final Map<String, String> BROKERS = Map.of(
            "zookeeper.session.timeout.ms", "6000",
            "min.insync.replicas", "2",
            "default.replication.factor", "3",
            "transaction.state.log.num.partitions", "4",
            "replica.lag.time.max.ms", "4000",
            "replica.socket.timeout.ms", "3000");

    /**
     * A run that has not begun.
     *
     * @param cluster three brokers with {@link #BROKERS}
     * @param name of its topics and its folder
     */
    PromiseRun(LocalCluster cluster, PromisePlan plan, String name) throws IOException {
        this.cluster = cluster;
        this.plan = plan;
        random = new Random(plan.seed());
        folder = LocalCluster.emptyFolder(cluster.folder().resolve(name));
        topics = new RowReader.Topics(name, name + "-dead-letters", PARTITIONS);
        clients = new KafkaClients(cluster::bootstrapServers);
        // Without transactions, a killed agent may repeat four chunks of a file.
        arrivals = new RowJudge(HOST, new RowJudge.Limits(RotationPlan.LINE_BYTES_MAX, 4 * 4_096, 4L * 262_144));
    }

    /** Runs all of it. Fails if a process ends by itself, or if something does not arrive. */
    Outcome run() throws Exception {
        try (HiveTables hive = HiveTables.start(folder, cluster)) {
            clients.createTopic(topics.lines(), PARTITIONS, REPLICAS);
            clients.createTopic(topics.deadLetters(), PARTITIONS, REPLICAS);
            for (String topic : List.of("audit", "hours")) {
                clients.createTopic(topics.lines() + "-" + topic, 1, REPLICAS);
            }
            KillableServer registry = new KillableServer(
                    folder,
                    "schema-registry",
                    Map.of(),
                    List.of(
                            "schema-registry",
                            "--set",
                            "kafkastore.bootstrap.servers=" + cluster.bootstrapServers(),
                            "--set",
                            "kafkastore.topic.replication.factor=" + REPLICAS,
                            "--set",
                            "listeners=http://127.0.0.1:" + KillableServer.PORT));
            try (registry;
                    ClusterWatch watch = new ClusterWatch(cluster, List.of(topics.lines(), topics.deadLetters()))) {
                registry.start();
                String registryUrl = "http://127.0.0.1:" + registry.awaitPort();
                watch.awaitWhole();
                hive.configure(topics, registryUrl);
                return run(hive, registry, registryUrl);
            }
        }
    }

    private Outcome run(HiveTables hive, KillableServer registry, String registryUrl) throws Exception {
        Path logs = Files.createDirectories(folder.resolve("logs"));
        try (RowReader reader = new RowReader(cluster.bootstrapServers(), registryUrl, topics, arrivals);
                LogFleet programs = new LogFleet(logs, HOST, plan.scale(), arrivals, new Random(random.nextLong()));
                FollowingAgent agent = agent(registryUrl, programs)) {
            agent.start();
            await("the first rows")
                    .atMost(NEXT_ROW_MAX)
                    .failFast(agent::requireRunning)
                    .until(() -> arrivals.rows() > 0);
            try (KillableServer loader = hive.loader()) {
                PromiseChaos chaos = new PromiseChaos(
                        cluster,
                        new PromiseChaos.Victims(agent, "tailrace-agent-" + HOST, registry, loader, programs, arrivals),
                        plan,
                        random);
                loader.start();
                try {
                    return run(chaos, reader, programs, agent, hive, loader);
                } catch (Throwable e) {
                    throw new AssertionError(
                            "seed %d, logs and data in %s\n%s\n%s"
                                    .formatted(
                                            plan.seed(), folder, String.join("\n", chaos.record()), arrivals.verdict()),
                            e);
                }
            }
        }
    }

    private FollowingAgent agent(String registryUrl, LogFleet programs) {
        FollowingAgent agent = new FollowingAgent(
                folder,
                Map.of(
                        "bootstrap.servers",
                        cluster.bootstrapServers(),
                        "schema.registry.url",
                        registryUrl,
                        "host",
                        HOST,
                        "data.dir",
                        folder.resolve("data").toString(),
                        "dead.letter.topic",
                        topics.deadLetters(),
                        "transactions",
                        String.valueOf(plan.transactions()),
                        "stop.timeout.ms",
                        "120000",
                        "audit.topic",
                        topics.lines() + "-audit",
                        "audit.progress.topic",
                        topics.lines() + "-progress",
                        "audit.interval.ms",
                        "2000"));
        agent.set("source.logs.topic", topics.lines());
        agent.set(
                "source.logs.paths",
                programs.paths().stream().map(Path::toString).collect(Collectors.joining(",")) + ","
                        + programs.addedPath());
        agent.set("source.logs.format", "regex");
        agent.set("source.logs.pattern", LINE_PATTERN);
        agent.set("source.logs.time.field", "second");
        agent.set("source.logs.time.format", "epoch-seconds");
        return agent;
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
        awaitReceived(chaos, reader);
        awaitAllRecords(reader);
        Verdict verdict = arrivals.verdict();
        chaos.note("topics: " + verdict);
        loader.close();
        chaos.note(hive.load());
        List<HiveTables.Hour> hours = awaitComplete(hive);
        chaos.note("audit: " + hours);
        agent.stop();
        chaos.note(hive.load());
        RowJudge tables = arrivals.ofTable();
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
        long deadlineNs = System.nanoTime() + NEXT_ROW_MAX.toNanos();
        List<HiveTables.Hour> hours;
        do {
            hours = hive.audit(start);
        } while (!hours.stream().allMatch(HiveTables.Hour::isComplete) && System.nanoTime() < deadlineNs);
        return hours;
    }

    /** Waits until no line is missing. */
    private void awaitReceived(PromiseChaos chaos, RowReader reader) {
        chaos.note("%d rows, %d lines are not there yet".formatted(arrivals.rows(), arrivals.missing()));
        while (arrivals.missing() > 0) {
            long rows = arrivals.rows();
            reader.requireReading();
            await("another row")
                    .atMost(NEXT_ROW_MAX)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> arrivals.missing() == 0 || arrivals.rows() > rows);
        }
    }

    private void awaitAllRecords(RowReader reader) throws Exception {
        try (Admin admin = clients.admin()) {
            Map<org.apache.kafka.common.TopicPartition, Long> ends = admin
                    .listOffsets(
                            topics.all().stream()
                                    .collect(
                                            Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest())),
                            new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                    .all()
                    .get(NEXT_ROW_MAX.toSeconds(), TimeUnit.SECONDS)
                    .entrySet()
                    .stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, end -> end.getValue().offset()));
            await("records up to " + ends).atMost(NEXT_ROW_MAX).until(() -> reader.isAt(ends));
        }
    }
}
