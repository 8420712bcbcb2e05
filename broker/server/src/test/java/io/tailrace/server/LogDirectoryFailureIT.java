package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One of a broker's two disks fails, in a cluster of three. */
class LogDirectoryFailureIT {
    private static final int PARTITIONS = 6;

    @Test
    void otherBrokersTakeOverThePartitionsOnTheFailedDiskOnly(@TempDir Path directory) throws Exception {
        Map<String, String> settings =
                Map.of("log.dirs", "first,second", "replica.high.watermark.checkpoint.interval.ms", "50");
        try (ThreeBrokers brokers = new ThreeBrokers(directory, settings);
                ReplicatedTopics topics = new ReplicatedTopics(brokers)) {
            topics.create("web", PARTITIONS, Map.of("min.insync.replicas", "2"));
            int broker = topics.leader("web");
            Path failing = brokers.logOf(broker, "web-0").getParent();
            Path gone = directory.resolve("gone");
            boolean[] fails = new boolean[PARTITIONS];
            for (int i = 0; i < PARTITIONS; i++) {
                fails[i] = brokers.logOf(broker, "web-" + i).startsWith(failing);
            }
            assertThat(fails).contains(true, false);

            Files.move(failing, gone);

            await().untilAsserted(() -> {
                for (TopicPartitionInfo partition : topics.describe("web")) {
                    boolean hasFailed = fails[partition.partition()];
                    assertThat(ReplicatedTopics.inSync(partition).contains(broker))
                            .isNotEqualTo(hasFailed);
                    assertThat(ReplicatedTopics.inSync(partition)).hasSize(hasFailed ? 2 : 3);
                    assertThat(ReplicatedTopics.leader(partition)).isPositive();
                }
            });
            assertThat(topics.describe("web"))
                    .as("the broker still leads the partition on the other disk")
                    .anyMatch(
                            partition -> !fails[partition.partition()] && ReplicatedTopics.leader(partition) == broker);
            produceToEach(topics);

            assertThat(brokers.stop(broker)).isZero();
            produceToEach(topics);
            Files.move(gone, failing);
            brokers.start(broker);
            topics.awaitInSync("web", 1, 2, 3);
            topics.awaitSameLogs("web");
        }
    }

    private static void produceToEach(ReplicatedTopics topics) throws Exception {
        try (KafkaProducer<String, String> producer = topics.producer("all")) {
            for (int i = 0; i < PARTITIONS; i++) {
                producer.send(new ProducerRecord<>("web", i, null, "a")).get(60, TimeUnit.SECONDS);
            }
        }
    }
}
