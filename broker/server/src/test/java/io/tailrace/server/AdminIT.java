package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.testing.WaitLimit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Administrative requests of Apache Kafka's admin client. */
class AdminIT {
    private static final Duration POLL = Duration.ofMillis(100);

    private static Path directory;
    private static BrokerFixture fixture;

    @BeforeAll
    static void start(@TempDir Path temporary) throws Exception {
        directory = temporary;
        fixture = new BrokerFixture(temporary, Map.of());
    }

    @AfterAll
    static void stop() throws Exception {
        fixture.close();
    }

    @Test
    void logDirectoriesAreDescribedWithTheSizesOfTheirLogs() throws Exception {
        try (Admin admin = fixture.admin()) {
            create(admin, "sized", 2, Map.of());
            produce("sized", "x".repeat(10_000));

            Map<String, LogDirDescription> directories =
                    found(admin.describeLogDirs(List.of(1)).allDescriptions().get(), 1);
            LogDirDescription described = found(directories, directory.toString());

            assertThat(described.error()).isNull();
            assertThat(described.totalBytes()).hasValue(directory.toFile().getTotalSpace());
            assertThat(described.usableBytes().orElseThrow()).isPositive();
            for (int partition = 0; partition < 2; partition++) {
                ReplicaInfo replica = found(described.replicaInfos(), new TopicPartition("sized", partition));
                Path segment = directory.resolve("sized-" + partition).resolve("00000000000000000000.log");
                assertThat(replica.size()).isEqualTo(Files.size(segment));
                assertThat(replica.offsetLag()).isZero();
                assertThat(replica.isFuture()).isFalse();
            }
        }
    }

    @Test
    void topicsAreDescribedPageByPage() throws Exception {
        try (Admin admin = fixture.admin()) {
            create(admin, "paged", 7, Map.of());

            DescribeTopicsOptions twoByTwo = new DescribeTopicsOptions().partitionSizeLimitPerResponse(2);
            TopicDescription topic = found(
                            admin.describeTopics(List.of("paged"), twoByTwo).topicNameValues(), "paged")
                    .get();

            assertThat(topic.partitions()).hasSize(7).allSatisfy(partition -> {
                assertThat(partition.leader().id()).isEqualTo(1);
                assertThat(partition.isr()).hasSize(1);
                assertThat(partition.elr()).isEmpty();
                assertThat(partition.lastKnownElr()).isEmpty();
            });
        }
    }

    @Test
    void consumerDetectsThatRecordsItReadWereTruncated() throws Exception {
        try (Admin admin = fixture.admin();
                KafkaConsumer<String, String> consumer = fixture.consumer("auto.offset.reset", "none")) {
            create(admin, "truncated", 1, Map.of());
            produce("truncated", "a", "b");
            TopicPartition partition = new TopicPartition("truncated", 0);
            consumer.assign(List.of(partition));

            consumer.seek(partition, new OffsetAndMetadata(1, Optional.of(0), ""));
            assertThat(poll(consumer)).isEqualTo("b");

            consumer.seek(partition, new OffsetAndMetadata(5, Optional.of(0), ""));
            assertThatThrownBy(() -> poll(consumer))
                    .isInstanceOfSatisfying(
                            LogTruncationException.class, truncation -> assertThat(truncation.divergentOffsets())
                                    .containsEntry(partition, new OffsetAndMetadata(2, Optional.of(0), "")));
        }
    }

    private static <K, V> V found(Map<K, V> map, K key) {
        return Objects.requireNonNull(map.get(key), () -> key + " is not in " + map);
    }

    private static String poll(KafkaConsumer<String, String> consumer) {
        long deadline = System.nanoTime() + WaitLimit.WAIT_MAX.toNanos();
        while (System.nanoTime() < deadline) {
            for (var record : consumer.poll(POLL)) {
                return record.value();
            }
        }
        throw new AssertionError("no record within " + WaitLimit.WAIT_MAX);
    }

    private static void create(Admin admin, String topic, int partitions, Map<String, String> configs)
            throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(configs)))
                .all()
                .get();
    }

    private static void produce(String topic, String... values) throws Exception {
        try (KafkaProducer<String, String> producer = fixture.producer()) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(topic, 0, null, value)).get();
            }
        }
    }
}
