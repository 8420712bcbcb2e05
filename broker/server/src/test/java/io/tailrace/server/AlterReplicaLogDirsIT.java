package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tailrace.client.ClientConfig;
import io.tailrace.client.ClusterAdmin;
import io.tailrace.client.LogDirectoryDescription;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeReplicaLogDirsResult.ReplicaLogDirInfo;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.LogDirNotFoundException;
import org.apache.kafka.common.errors.ReplicaNotAvailableException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three broker processes with two log directories each, and Apache Kafka's admin client. */
class AlterReplicaLogDirsIT {
    private static final String RATE = "replica.alter.log.dirs.io.max.bytes.per.second";

    private static ThreeBrokers brokers;
    private static ReplicatedTopics topics;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        brokers = new ThreeBrokers(directory, Map.of("log.dirs", "one,two", "log.segment.bytes", "100000"));
        topics = new ReplicatedTopics(brokers);
    }

    @AfterAll
    static void stop() throws Exception {
        topics.close();
        brokers.close();
    }

    @Test
    void everyReplicaMovesWhileRecordsAreWrittenAndRead() throws Exception {
        topics.create("moved");
        topics.produce("moved", "all", 0, 2_000);
        Map<Integer, String> targets =
                Map.of(1, elsewhere("moved", 1), 2, elsewhere("moved", 2), 3, elsewhere("moved", 3));

        Future<RecordMetadata> last = null;
        try (KafkaProducer<String, String> producer = topics.producer("all")) {
            for (int i = 2_000; i < 6_000; i++) {
                last = producer.send(new ProducerRecord<>("moved", String.valueOf(i)));
                if (i % 1_000 == 500 && i < 5_000) {
                    int broker = i / 1_000 - 1;
                    move("moved", broker, targets.get(broker));
                }
            }
            Objects.requireNonNull(last).get();
        }

        targets.forEach((broker, target) -> awaitIn("moved", broker, target));
        assertThat(topics.read("moved"))
                .isEqualTo(IntStream.range(0, 6_000).boxed().toList());
        topics.awaitInSync("moved", 1, 2, 3);
    }

    @Test
    void killedBrokerMovesItsReplicaAfterAll() throws Exception {
        topics.createOn("killed", 1);
        topics.produce("killed", "all", 0, 3_000);
        String from = Objects.requireNonNull(where("killed", 1).getCurrentReplicaLogDir());
        String target = elsewhere("killed", 1);
        limit("1");
        move("killed", 1, target);
        ReplicaLogDirInfo moving = where("killed", 1);
        assertThat(moving.getCurrentReplicaLogDir()).isEqualTo(from);
        assertThat(moving.getFutureReplicaLogDir()).isEqualTo(target);
        assertThat(moving.getFutureReplicaOffsetLag()).isPositive();

        brokers.kill(1);
        brokers.start(1);
        await().until(() -> target.equals(where("killed", 1).getFutureReplicaLogDir()));
        assertThat(topics.read("killed"))
                .isEqualTo(IntStream.range(0, 3_000).boxed().toList());
        limit(null);

        awaitIn("killed", 1, target);
        assertThat(where("killed", 1).getFutureReplicaLogDir()).isNull();
        topics.produce("killed", "all", 3_000, 3_010);
        brokers.kill(1);
        brokers.start(1);
        awaitIn("killed", 1, target);
        assertThat(topics.read("killed"))
                .isEqualTo(IntStream.range(0, 3_010).boxed().toList());
    }

    @Test
    void unknownDirectoriesAndReplicasAreRefused() throws Exception {
        topics.createOn("known", 2);
        assertThatThrownBy(() -> move("known", 2, "/nowhere"))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(LogDirNotFoundException.class);
        String target = brokers.logDirectories(3).get(1).toString();
        assertThatThrownBy(() -> move("known", 3, target)).hasCauseInstanceOf(ReplicaNotAvailableException.class);
    }

    @Test
    void ownClientMovesReplicas() throws Exception {
        topics.createOn("ours", 1);
        topics.produce("ours", "all", 0, 100);
        TopicPartition partition = new TopicPartition("ours", 0);
        String target = elsewhere("ours", 1);
        try (ClusterAdmin admin = ClusterAdmin.create(ClientConfig.of(brokers.bootstrap()))) {
            assertThat(admin.moveReplicas(1, Map.of(partition, "/nowhere")))
                    .isEqualTo(Map.of(partition, ErrorCode.LOG_DIR_NOT_FOUND));
            assertThat(admin.moveReplicas(1, Map.of(partition, target))).isEqualTo(Map.of(partition, ErrorCode.NONE));
            awaitIn("ours", 1, target);
            assertThat(admin.logDirectories(1))
                    .filteredOn(directory -> directory.sizeBytes().containsKey(partition))
                    .extracting(LogDirectoryDescription::path)
                    .containsExactly(target);
        }
    }

    private static void move(String topic, int broker, @Nullable String target) throws Exception {
        topics.admin()
                .alterReplicaLogDirs(
                        Map.of(new TopicPartitionReplica(topic, 0, broker), Objects.requireNonNull(target)))
                .all()
                .get();
    }

    private static ReplicaLogDirInfo where(String topic, int broker) throws Exception {
        TopicPartitionReplica replica = new TopicPartitionReplica(topic, 0, broker);
        return Objects.requireNonNull(topics.admin()
                .describeReplicaLogDirs(List.of(replica))
                .all()
                .get()
                .get(replica));
    }

    private static String elsewhere(String topic, int broker) throws Exception {
        String current = where(topic, broker).getCurrentReplicaLogDir();
        return brokers.logDirectories(broker).stream()
                .map(Path::toString)
                .filter(each -> !each.equals(current))
                .findFirst()
                .orElseThrow();
    }

    private static void awaitIn(String topic, int broker, String target) {
        await().ignoreExceptionsInstanceOf(ExecutionException.class)
                .until(() -> target.equals(where(topic, broker).getCurrentReplicaLogDir()));
        assertThat(brokers.logDirectories(broker))
                .filteredOn(directory -> Files.exists(directory.resolve(topic + "-0")))
                .extracting(Path::toString)
                .containsExactly(target);
    }

    /**
     * Waits until broker 1 has acted on the change, which it may have answered before.
     *
     * @param bytesPerSecond null for no limit
     */
    private static void limit(@Nullable String bytesPerSecond) throws Exception {
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        topics.admin()
                .incrementalAlterConfigs(Map.of(
                        broker,
                        List.of(new AlterConfigOp(
                                new ConfigEntry(RATE, bytesPerSecond),
                                bytesPerSecond == null ? OpType.DELETE : OpType.SET))))
                .all()
                .get();
        await().until(() -> Objects.requireNonNull(topics.admin()
                                .describeConfigs(List.of(broker))
                                .all()
                                .get()
                                .get(broker))
                        .get(RATE)
                        .isDefault()
                == (bytesPerSecond == null));
    }
}
