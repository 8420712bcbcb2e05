package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.systemtests.rotation.LogFleet;
import io.tailrace.systemtests.rotation.RowJudge;
import io.tailrace.systemtests.rotation.RowReader;
import io.tailrace.systemtests.rotation.Verdict;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.awaitility.core.ConditionTimeoutException;

/**
 * An agent follows logs that are rotated in every usual way, while it, its brokers and its disk fail. First there is everything but
 * {@code kill -9} of the agent: until then, no line may be there twice.
 */
final class RotationRun {
    private static final String HOST = "web-1";
    private static final int PARTITIONS = 4;
    private static final int REPLICAS = 3;
    private static final int DISK_MEGABYTES = 64;
    /** The agent's defaults. */
    private static final int CHUNKS_IN_FLIGHT_MAX = 4;

    private static final int BATCH_BYTES = 262_144;
    private static final int BATCH_LINES_MAX = 4_096;

    /** Longer than any pause of a machine that is busy. */
    private static final Duration NEXT_ROW_MAX = Duration.ofMinutes(2);

    private final LocalCluster cluster;
    private final RotationPlan plan;
    private final Random random;
    private final Path folder;
    private final RowReader.Topics topics;
    private final KafkaClients clients;
    private final RowJudge judge = new RowJudge(
            HOST,
            new RowJudge.Limits(
                    RotationPlan.LINE_BYTES_MAX,
                    CHUNKS_IN_FLIGHT_MAX * BATCH_LINES_MAX,
                    (long) CHUNKS_IN_FLIGHT_MAX * BATCH_BYTES));

    /** What happened, and the verdict on it. */
    record Outcome(RotationChaos chaos, Verdict verdict) {}

    /** Settings of the brokers of such a run. */
    static final Map<String, String> BROKERS = Map.of(
            "zookeeper.session.timeout.ms", "6000",
            "min.insync.replicas", "2",
            "default.replication.factor", "3",
            "replica.lag.time.max.ms", "4000",
            "replica.socket.timeout.ms", "3000");

    /**
     * A run that has not begun.
     *
     * @param cluster three brokers with {@link #BROKERS}
     * @param name of its topics and its folder
     */
    RotationRun(LocalCluster cluster, RotationPlan plan, String name) throws IOException {
        this.cluster = cluster;
        this.plan = plan;
        random = new Random(plan.seed());
        folder = LocalCluster.emptyFolder(cluster.folder().resolve(name));
        topics = new RowReader.Topics(name, name + "-dead-letters", PARTITIONS);
        clients = new KafkaClients(cluster::bootstrapServers);
    }

    /** Runs all of it. Fails if the agent or a program ends by itself; the verdict says what was lost or doubled. */
    Outcome run() throws Exception {
        clients.createTopic(topics.lines(), PARTITIONS, REPLICAS);
        clients.createTopic(topics.deadLetters(), PARTITIONS, REPLICAS);
        try (ServerProcess registry = startRegistry();
                ClusterWatch watch = new ClusterWatch(cluster, List.of(topics.lines(), topics.deadLetters()))) {
            watch.awaitWhole();
            String registryUrl = "http://127.0.0.1:" + registry.awaitPort();
            Path data = Files.createDirectories(folder.resolve("data"));
            if (!SmallDisk.isPermitted()) {
                return run(registryUrl, watch, Optional.empty());
            }
            try (SmallDisk disk = SmallDisk.over(data, DISK_MEGABYTES)) {
                try {
                    return run(registryUrl, watch, Optional.of(disk));
                } finally {
                    keepCheckpoint(data);
                }
            }
        }
    }

    /** For those who look into a failure: the disk will be gone. */
    private void keepCheckpoint(Path data) throws IOException {
        Path kept = LocalCluster.emptyFolder(folder.resolve("checkpoint"));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(data, "checkpoint.*")) {
            for (Path file : files) {
                Files.copy(file, kept.resolve(file.getFileName()));
            }
        }
    }

    private ServerProcess startRegistry() throws IOException {
        return ServerProcess.start(
                folder.resolve("schema-registry.log"),
                List.of(
                        "schema-registry",
                        "--set",
                        "kafkastore.bootstrap.servers=" + cluster.bootstrapServers(),
                        "--set",
                        "kafkastore.topic.replication.factor=" + REPLICAS,
                        "--set",
                        "listeners=http://127.0.0.1:0"));
    }

    private Outcome run(String registryUrl, ClusterWatch watch, Optional<SmallDisk> disk) throws Exception {
        Path logs = Files.createDirectories(folder.resolve("logs"));
        List<TopicPartition> partitions = topics.all().stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        try (RowReader reader = new RowReader(cluster.bootstrapServers(), registryUrl, topics, judge);
                LogFleet programs = new LogFleet(logs, HOST, plan.scale(), judge, new Random(random.nextLong()));
                FollowingAgent agent = agent(registryUrl, programs)) {
            RotationChaos chaos = new RotationChaos(
                    cluster,
                    watch,
                    partitions,
                    new RotationChaos.Victims(
                            agent, source("added", List.of(programs.addedPath())), disk, programs, judge));
            agent.start();
            try {
                return run(chaos, reader, programs, agent);
            } catch (Throwable e) {
                throw new AssertionError(
                        "seed %d, logs and data in %s\n%s\n%s"
                                .formatted(plan.seed(), folder, String.join("\n", chaos.record()), judge.verdict()),
                        e);
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
                        "stop.timeout.ms",
                        "120000",
                        "audit.interval.ms",
                        "5000"));
        source("first", programs.paths()).forEach(agent::set);
        return agent;
    }

    private Map<String, String> source(String name, List<Path> paths) {
        return Map.of(
                "source." + name + ".paths", paths.stream().map(Path::toString).collect(Collectors.joining(",")),
                "source." + name + ".topic", topics.lines(),
                "source." + name + ".format", "raw");
    }

    private Outcome run(RotationChaos chaos, RowReader reader, LogFleet programs, FollowingAgent agent)
            throws Exception {
        await("the first rows").atMost(NEXT_ROW_MAX).until(() -> judge.rows() > 0);
        long startNs = System.nanoTime();
        do {
            chaos.run(RotationStep.drawAll(plan.faults(), false, random, plan), reader);
        } while (System.nanoTime() - startNs < plan.load().toNanos() / 2);
        programs.pause();
        awaitReceived(chaos, reader);
        assertThat(judge.doubled())
                .as("rows of lines that have another row, before the first kill")
                .isZero();
        programs.resume();
        do {
            chaos.run(RotationStep.drawAll(plan.laterFaults(), true, random, plan), reader);
        } while (System.nanoTime() - startNs < plan.load().toNanos());
        programs.close();
        awaitReceived(chaos, reader);
        agent.stop();
        awaitAllRows(reader);
        Verdict verdict = judge.verdict();
        chaos.note(verdict.toString());
        return new Outcome(chaos, verdict);
    }

    /** Waits until no line is missing, or none arrives any longer, and until all rows were read. */
    private void awaitReceived(RotationChaos chaos, RowReader reader) throws Exception {
        chaos.note("%d rows, %d lines are not there yet".formatted(judge.rows(), judge.missing()));
        while (judge.missing() > 0) {
            long rows = judge.rows();
            try {
                await("another row")
                        .atMost(NEXT_ROW_MAX)
                        .pollInterval(Duration.ofMillis(100))
                        .until(() -> judge.missing() == 0 || judge.rows() > rows);
            } catch (ConditionTimeoutException e) {
                reader.requireReading();
                chaos.note("no row for " + NEXT_ROW_MAX);
                break;
            }
        }
        awaitAllRows(reader);
        chaos.note("%d rows, %d lines are missing, %d rows are doubled"
                .formatted(judge.rows(), judge.missing(), judge.doubled()));
    }

    private void awaitAllRows(RowReader reader) throws Exception {
        try (Admin admin = clients.admin()) {
            Map<org.apache.kafka.common.TopicPartition, Long> ends = admin
                    .listOffsets(topics.all().stream()
                            .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest())))
                    .all()
                    .get(NEXT_ROW_MAX.toSeconds(), TimeUnit.SECONDS)
                    .entrySet()
                    .stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, end -> end.getValue().offset()));
            await("rows up to " + ends).atMost(NEXT_ROW_MAX).until(() -> reader.isAt(ends));
        }
    }
}
