package io.tailrace.systemtests;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.group.OffsetsTopic;
import io.tailrace.protocol.record.CompressionType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Three brokers under load while one or two of them at a time are killed, paused, stopped or cut off. Afterwards every
 * acknowledged record is there, once and in order, no consumer read a record that is not there, and all replicas are equal.
 *
 * <p>At the same time ten processes, half of them with Tailrace's consumers and half with Java's, are members of two groups, one of
 * each protocol, and are killed, paused, stopped and added. Every record was read by a member of each group, no partition by two in
 * one generation, and no committed offset went back (docs/adr/0132). Three transactional producers, two of which take an id from
 * each other, and a reader of committed records are judged by the checker of transactions.
 *
 * <p>{@code -Dchaos.minutes=} sets the duration, {@code -Dchaos.seed=} the faults. Processes die, the machine does not, so no
 * flush is needed.
 */
class ChaosIT {
    private static final int WEB_PARTITIONS = 4;
    private static final int APP_PARTITIONS = 2;
    private static final List<TopicPartition> WEB = partitions("web", WEB_PARTITIONS);
    private static final List<TopicPartition> ALL = Stream.concat(
                    WEB.stream(), partitions("app", APP_PARTITIONS).stream())
            .toList();
    private static final List<TopicPartition> SHARED = partitions("shared", 12);
    private static final List<TopicPartition> LEDGER = partitions("ledger", 3);
    /** As brokers of a {@link LocalCluster} have it. */
    private static final int OFFSETS_PARTITIONS = 4;

    private static final int PER_SECOND_MAX = 200;
    private static final int COORDINATORS_KILLED_MIN = 3;

    /** A send that times out proves nothing, so sends outlast every fault. */
    private static final Map<String, Object> PATIENT =
            Map.of("request.timeout.ms", 5_000, "delivery.timeout.ms", 300_000, "max.block.ms", 300_000);

    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofBrokersOnOwnHosts(
            3,
            Map.of(
                    "zookeeper.session.timeout.ms", "6000",
                    "min.insync.replicas", "2",
                    "replica.lag.time.max.ms", "4000",
                    "replica.socket.timeout.ms", "3000",
                    "log.segment.bytes", "1048576",
                    "group.consumer.session.timeout.ms", "8000",
                    "group.consumer.min.session.timeout.ms", "8000",
                    "group.consumer.heartbeat.interval.ms", "2000",
                    "group.consumer.min.heartbeat.interval.ms", "2000",
                    "group.initial.rebalance.delay.ms", "1000"));

    private final long seed = Long.getLong("chaos.seed", new Random().nextLong());
    private final Duration duration = Duration.ofMinutes(Integer.getInteger("chaos.minutes", 5));
    private final KafkaClients theirs = new KafkaClients(CLUSTER::bootstrapServers);
    private final OurClients ours = new OurClients(CLUSTER::bootstrapServers);
    private final Traffic traffic = new Traffic(CLUSTER, theirs);
    private final GroupHistories groups = new GroupHistories(MemberMain.GROUPS);
    private final Random random = new Random(seed);

    @Test
    void acknowledgedRecordsSurviveAllFaultsOnceAndInOrder() throws Exception {
        System.out.println("ChaosIT: -Dchaos.seed=" + seed + " -Dchaos.minutes=" + duration.toMinutes());
        theirs.createTopic("web", WEB_PARTITIONS, 3);
        theirs.createTopic("app", APP_PARTITIONS, 3);
        theirs.createTopic("shared", SHARED.size(), 3);
        theirs.createTopic("ledger", LEDGER.size(), 3);
        List<TopicPartition> coordinators = groups.storedIn(OFFSETS_PARTITIONS);
        try (GroupWatch groupWatch = new GroupWatch(theirs, groups, SHARED);
                ClusterWatch watch =
                        new ClusterWatch(CLUSTER, List.of("web", "app", "shared", "ledger", OffsetsTopic.NAME));
                Chaos chaos = new Chaos(CLUSTER, watch, ALL, coordinators);
                MemberFleet members = new MemberFleet(
                        CLUSTER.bootstrapServers(),
                        "shared",
                        CLUSTER.folder(),
                        new Random(random.nextLong()),
                        chaos::note)) {
            watch.awaitWhole();
            try {
                run(new Stage(watch, chaos, groupWatch, members, new TransactionalTraffic(theirs, LEDGER)));
            } catch (Throwable e) {
                throw new AssertionError(
                        "seed %d, logs and data in %s\n%s"
                                .formatted(seed, CLUSTER.folder(), String.join("\n", chaos.record())),
                        e);
            }
        }
    }

    /** All that plays a part. */
    private record Stage(
            ClusterWatch watch,
            Chaos chaos,
            GroupWatch groups,
            MemberFleet members,
            TransactionalTraffic transactions) {}

    private void run(Stage stage) throws Exception {
        startTraffic();
        List<FaultKind> kinds = FaultKind.all();
        if (CLUSTER.network().isEmpty()) {
            System.out.println("ChaosIT: skipping network faults, which need root, ip and network namespaces");
            kinds = FaultKind.ofProcesses();
        }
        stage.groups().awaitProgress();
        stage.transactions().awaitProgress();
        stage.members().disturb();
        long startNs = System.nanoTime();
        int coordinatorsKilled = 0;
        for (long passedNs = 0;
                passedNs < duration.toNanos() || coordinatorsKilled < COORDINATORS_KILLED_MIN;
                passedNs = System.nanoTime() - startNs) {
            boolean isCoordinatorsTurn = coordinatorsKilled < COORDINATORS_KILLED_MIN
                    && passedNs * (COORDINATORS_KILLED_MIN + 1) >= duration.toNanos() * (coordinatorsKilled + 1);
            if (isCoordinatorsTurn) {
                awaitRecovery(stage); // so that there is a coordinator to kill
                stage.members().disturb();
            }
            FaultRound round = isCoordinatorsTurn
                    ? FaultRound.coordinatorKilled(coordinatorsKilled++)
                    : FaultRound.draw(random, kinds);
            stage.chaos().run(round);
            if (round.heals()) {
                awaitRecovery(stage);
                stage.members().disturb();
            }
        }
        awaitRecovery(stage);
        endAndJudge(stage);
    }

    private void startTraffic() {
        send("placed", Sender.of(theirs.producer(PATIENT)), ALL);
        send("keyed", Sender.keyed(theirs.producer(with("compression.type", "lz4")), WEB_PARTITIONS), WEB);
        send("tailrace", Sender.of(ours.producer(CompressionType.NONE)), ALL);
        send("shared", Sender.of(theirs.producer(PATIENT)), SHARED);
        traffic.read("their consumer", Receiver.of(theirs.consumer(Map.of("auto.offset.reset", "none"))), ALL);
        traffic.read("our consumer", Receiver.of(ours.consumer()), ALL);
        traffic.awaitProgress();
    }

    private void endAndJudge(Stage stage) throws Exception {
        traffic.end();
        stage.transactions().end();
        stage.groups().awaitSettled(stage.members().size());
        stage.groups().close();
        stage.members().close();
        groups.addCommits(ours.readAll(OffsetsTopic.NAME, OFFSETS_PARTITIONS));
        for (Path log : stage.members().logs()) {
            groups.addReads(log, traffic.history());
        }
        stage.chaos().note(traffic.judge().toString());
        stage.chaos().note("transactions: " + stage.transactions().judge());
        stage.chaos()
                .note("%s, %d members killed"
                        .formatted(
                                groups.judge(SHARED, traffic.history()),
                                stage.members().kills()));
    }

    private void send(String producer, Sender sender, List<TopicPartition> partitions) {
        traffic.send(producer, sender, partitions, PER_SECOND_MAX);
    }

    private void awaitRecovery(Stage stage) {
        stage.members().calm();
        stage.watch().awaitWhole();
        traffic.awaitProgress();
        stage.groups().awaitProgress();
        stage.transactions().awaitProgress();
        stage.chaos().note("whole, %d acknowledged".formatted(traffic.acknowledgedCount()));
    }

    private static Map<String, Object> with(String key, Object value) {
        Map<String, Object> settings = new HashMap<>(PATIENT);
        settings.put(key, value);
        return settings;
    }

    private static List<TopicPartition> partitions(String topic, int count) {
        return IntStream.range(0, count)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }
}
