package io.tailrace.systemtests;

import static org.awaitility.Awaitility.await;

import io.tailrace.systemtests.rotation.LogFleet;
import io.tailrace.systemtests.rotation.RowJudge;
import io.tailrace.systemtests.rotation.RowReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;

/** Logs that are rotated in every usual way, the agent that follows them, its topics, and the judge of what arrives there. */
final class RotatedLogs {
    static final String HOST = "web-1";

    /** Longer than any fault of a plan, and what it takes to recover from it on a busy machine. */
    static final Duration NEXT_ROW_MAX = Duration.ofMinutes(3);

    /** Settings of the brokers. */
    static final Map<String, String> BROKERS = Map.of(
            "zookeeper.session.timeout.ms", "6000",
            "min.insync.replicas", "2",
            "default.replication.factor", "3",
            "transaction.state.log.num.partitions", "4",
            "replica.lag.time.max.ms", "4000",
            "replica.socket.timeout.ms", "3000");

    private static final int PARTITIONS = 4;
    private static final int REPLICAS = 3;

    private static final int CHUNKS_IN_FLIGHT_MAX = 4;
    private static final int CHUNK_LINES_MAX = 4_096;
    private static final int CHUNK_BYTES_MAX = 262_144;

    /** What a killed agent without transactions may send again of a file. */
    private static final RowJudge.Limits LIMITS = new RowJudge.Limits(
            RotationPlan.LINE_BYTES_MAX,
            CHUNKS_IN_FLIGHT_MAX * CHUNK_LINES_MAX,
            (long) CHUNKS_IN_FLIGHT_MAX * CHUNK_BYTES_MAX);

    private final LocalCluster cluster;
    private final KafkaClients clients;
    private final Path folder;
    private final RowReader.Topics topics;
    private final RowJudge judge = new RowJudge(HOST, LIMITS);

    /**
     * Logs that nobody writes yet.
     *
     * @param cluster three brokers with {@link #BROKERS}
     * @param name of the topics and the folder
     */
    RotatedLogs(LocalCluster cluster, String name) throws IOException {
        this.cluster = cluster;
        clients = new KafkaClients(cluster::bootstrapServers);
        folder = LocalCluster.emptyFolder(cluster.folder().resolve(name));
        topics = new RowReader.Topics(name, name + "-dead-letters", PARTITIONS);
    }

    Path folder() {
        return folder;
    }

    RowReader.Topics topics() {
        return topics;
    }

    /** Judges what has arrived in the topics. */
    RowJudge judge() {
        return judge;
    }

    void createTopics() throws Exception {
        clients.createTopic(topics.lines(), PARTITIONS, REPLICAS);
        clients.createTopic(topics.deadLetters(), PARTITIONS, REPLICAS);
    }

    /** Creates a topic beside those of the lines and dead letters. */
    void createTopic(String name) throws Exception {
        clients.createTopic(name, 1, REPLICAS);
    }

    /** A schema registry that has not started. */
    KillableServer registry() {
        return new KillableServer(
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
    }

    /** Starts to read what arrives. */
    RowReader read(String registryUrl) {
        return new RowReader(cluster.bootstrapServers(), registryUrl, topics, judge);
    }

    /** Starts the programs that write. */
    LogFleet write(LogFleet.Scale scale, Random random) throws IOException {
        return new LogFleet(
                Files.createDirectories(folder.resolve("logs")), HOST, scale, judge, new Random(random.nextLong()));
    }

    /** An agent that has no source and has not started. */
    FollowingAgent agent(String registryUrl) {
        return new FollowingAgent(
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
                        "2000"));
    }

    /** Settings of a source. */
    Map<String, String> source(String name, List<Path> paths) {
        return Map.of(
                "source." + name + ".paths", paths.stream().map(Path::toString).collect(Collectors.joining(",")),
                "source." + name + ".topic", topics.lines(),
                "source." + name + ".format", "raw");
    }

    void awaitFirstRow(FollowingAgent agent) {
        await("the first row")
                .atMost(NEXT_ROW_MAX)
                .failFast(agent::requireRunning)
                .until(() -> judge.rows() > 0);
    }

    /** Waits until no line is missing, and all that is committed was read. */
    void awaitReceived(RowReader reader) throws Exception {
        while (judge.missing() > 0) {
            long rows = judge.rows();
            reader.requireReading();
            await("another row")
                    .atMost(NEXT_ROW_MAX)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> judge.missing() == 0 || judge.rows() > rows);
        }
        awaitAllRows(reader);
    }

    /** Waits until all that is committed was read. */
    void awaitAllRows(RowReader reader) throws Exception {
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
            await("rows up to " + ends).atMost(NEXT_ROW_MAX).until(() -> reader.isAt(ends));
        }
    }

    /** How many lines have arrived. */
    String arrivals() {
        return "%d rows, %d of them doubled, %d lines are not there yet"
                .formatted(judge.rows(), judge.doubled(), judge.missing());
    }

    /** The failure of a run, with what led to it. */
    AssertionError failure(long seed, List<String> events, Throwable cause) {
        return new AssertionError(
                "seed %d, logs and data in %s\n%s\n%s"
                        .formatted(seed, folder, String.join("\n", events), judge.verdict()),
                cause);
    }
}
