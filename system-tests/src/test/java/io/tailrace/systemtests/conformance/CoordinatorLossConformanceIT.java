package io.tailrace.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.client.Admin;
import io.tailrace.client.NewTopic;
import io.tailrace.client.TopicDescription;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.group.OffsetsTopic;
import io.tailrace.systemtests.LocalBroker;
import io.tailrace.systemtests.LocalCluster;
import io.tailrace.systemtests.OurClients;
import io.tailrace.systemtests.conformance.driver.EveryBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Members of a group, on the librdkafka whose members are known to stall for minutes after their coordinator moved, and whose
 * commits are known to fail with stale epochs (node-rdkafka issue 1146), while the broker that coordinates them is killed.
 */
class CoordinatorLossConformanceIT {
    private static final int PARTITIONS = 4;
    private static final int OFFSETS_PARTITIONS = 4;
    private static final Duration SETTLED_MAX = Duration.ofSeconds(90);
    private static final List<String> MEMBERS = List.of("a", "b");

    @RegisterExtension
    @Order(1)
    static final CompatibilityTable TABLE = CompatibilityTable.ofInstalled(
            "python3-confluent-kafka with three brokers",
            NewestLibrdkafkaConformanceIT.INSTALL,
            NewestLibrdkafkaConformanceIT::version);

    @RegisterExtension
    @Order(2)
    static final LocalCluster CLUSTER = LocalCluster.ofBrokers(
            3,
            Map.of(
                    "zookeeper.session.timeout.ms", "10000",
                    "group.initial.rebalance.delay.ms", "0",
                    "offsets.topic.replication.factor", "3",
                    "min.insync.replicas", "2"));

    private final OurClients ours = new OurClients(CLUSTER::bootstrapServers);
    private final String topic = "t-" + UUID.randomUUID();
    private final String group = "g-" + topic;
    private final List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
            .mapToObj(partition -> new TopicPartition(topic, partition))
            .toList();
    private final Map<TopicPartition, Set<Long>> read = new TreeMap<>();

    @Test
    @Operation("group: its coordinator's broker is killed")
    void aGroupReadsOn() throws Exception {
        readThroughTheLossOfTheCoordinator(Map.of("session.timeout.ms", 30_000, "heartbeat.interval.ms", 500));
    }

    @Test
    @Operation("group: its coordinator's broker is killed, consumer protocol")
    void aGroupOfTheConsumerProtocolReadsOn() throws Exception {
        readThroughTheLossOfTheCoordinator(Map.of("group.protocol", "consumer"));
    }

    private void readThroughTheLossOfTheCoordinator(Map<String, ?> settings) throws Exception {
        try (Admin admin = ours.admin()) {
            admin.createTopic(new NewTopic(topic, OptionalInt.of(PARTITIONS), OptionalInt.of(3), Map.of()));
        }
        EveryBroker.awaitTopic(CLUSTER.bootstrapServers(), topic, PARTITIONS);
        try (ScriptedClient client = new ScriptedClient(ClientProcess.start(
                CLUSTER.folder().resolve("confluent-" + group + ".log"),
                NewestLibrdkafkaConformanceIT.ENVIRONMENT,
                InstalledPrograms.pythonScript("python/confluent.py", CLUSTER.bootstrapServers())))) {
            MEMBERS.forEach(
                    member -> client.open(member, group, Map.of("topics", List.of(topic), "settings", settings)));
            await().atMost(SETTLED_MAX).until(() -> areSettled(client));
            sendAndRead(client, 0, 100);
            commit(client, 100);

            await("all replicas of the group in sync").atMost(SETTLED_MAX).until(() -> inSync() == 3);
            LocalBroker coordinator = CLUSTER.broker(coordinator());
            coordinator.kill9();
            sendAndRead(client, 100, 200);
            commit(client, 200);
            assertThat(coordinator()).isNotEqualTo(coordinator.id());

            coordinator.restart();
            sendAndRead(client, 200, 210);
            await().atMost(SETTLED_MAX).until(() -> areSettled(client));
            MEMBERS.forEach(client::close);
        }
    }

    private boolean areSettled(ScriptedClient client) {
        return MEMBERS.stream().allMatch(member -> client.assignment(member).size() == PARTITIONS / MEMBERS.size());
    }

    /** Sends records of these offsets to each partition, and waits until members have read them all. */
    private void sendAndRead(ScriptedClient client, int from, int to) {
        List<String> values =
                IntStream.range(from, to).mapToObj(String::valueOf).toList();
        Map<String, Object> idempotent = Map.of("idempotent", true);
        partitions.forEach(partition -> assertThat(
                        client.produce(partition, values, idempotent).errors())
                .isEmpty());
        Set<Long> expected = new TreeSet<>(LongStream.range(0, to).boxed().toList());
        await("all records up to offset " + to).atMost(SETTLED_MAX).until(() -> {
            for (String member : MEMBERS) {
                client.readWithin(member, 1, 1)
                        .forEach(record -> read.computeIfAbsent(record.partition(), each -> new TreeSet<>())
                                .add(record.offset()));
            }
            return partitions.stream().allMatch(partition -> expected.equals(read.get(partition)));
        });
    }

    /** Each member commits for its partitions. A commit may be refused while the group finds its new coordinator. */
    private void commit(ScriptedClient client, long offset) {
        await("commits of offset " + offset)
                .atMost(SETTLED_MAX)
                .ignoreExceptionsInstanceOf(ClientError.class)
                .until(() -> {
                    MEMBERS.forEach(member ->
                            client.assignment(member).forEach(partition -> client.commit(member, partition, offset)));
                    return partitions.stream().allMatch(partition -> client.committed(group, partition)
                            .equals(OptionalLong.of(offset)));
                });
    }

    /** The broker that leads the partition of {@code __consumer_offsets} in which the group is kept. */
    private int coordinator() {
        return partitionOfGroup().leader().orElseThrow();
    }

    private int inSync() {
        return partitionOfGroup().isr().size();
    }

    private TopicDescription.Partition partitionOfGroup() {
        int partition = OffsetsTopic.partitionOf(group, OFFSETS_PARTITIONS);
        try (Admin admin = ours.admin()) {
            return admin.describe(List.of(OffsetsTopic.NAME)).values().stream()
                    .flatMap(offsets -> offsets.partitions().stream())
                    .filter(each -> each.partition() == partition)
                    .findFirst()
                    .orElseThrow();
        }
    }
}
