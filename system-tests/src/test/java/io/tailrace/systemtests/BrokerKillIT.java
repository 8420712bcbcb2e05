package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.replication.history.History;
import io.tailrace.replication.history.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A broker is killed and stopped under load. Afterwards every acknowledged record is there, once and in order. The page cache
 * survives the process, so this holds without a flush.
 */
class BrokerKillIT {
    private static final String TOPIC = "killed";
    private static final int KILLS = 4;
    private static final int ACKNOWLEDGED_BETWEEN_MIN = 1_000;
    private static final int ACKNOWLEDGED_BETWEEN_MAX = 6_000;
    private static final List<TopicPartition> PARTITIONS = IntStream.range(0, 3)
            .mapToObj(partition -> new TopicPartition(TOPIC, partition))
            .toList();

    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofOneBroker();

    private final KafkaClients theirs = new KafkaClients(CLUSTER::bootstrapServers);
    private final OurClients ours = new OurClients(CLUSTER::bootstrapServers);
    private final History<String> history = new History<>();

    @BeforeEach
    void createTopic() throws Exception {
        theirs.createTopic(TOPIC, PARTITIONS.size());
    }

    @Test
    void acknowledgedRecordsSurviveKillsOnceAndInOrder() throws Exception {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("BrokerKillIT: -Dseed=" + seed);
        Random random = new Random(seed);
        LocalBroker broker = CLUSTER.broker(1);
        Load kafkaLoad = new Load("kafka-clients", Sender.of(theirs.producer(Map.of())), PARTITIONS, history);
        Load ourLoad = new Load("tailrace", Sender.of(ours.producer(CompressionType.NONE)), PARTITIONS, history);
        ContinuousReader reader = new ContinuousReader("reader", Receiver.of(ours.consumer()), PARTITIONS, history);
        try (kafkaLoad;
                ourLoad;
                reader) {
            for (int kill = 0; kill < KILLS; kill++) {
                awaitMoreAcknowledged(random);
                broker.kill9();
                broker.restart();
            }
            awaitMoreAcknowledged(random);
            assertThat(broker.terminate()).as("exit code of a stop under load").isZero();
            broker.restart();
            awaitMoreAcknowledged(random);
        }

        assertThat(kafkaLoad.failures()).isEmpty();
        assertThat(ourLoad.failures()).isEmpty();
        recordFinalContents();
        Verdict verdict = history.judge();
        System.out.println("BrokerKillIT: " + verdict);
        assertThat(verdict.isClean()).as(verdict.toString()).isTrue();
        assertThat(verdict.kept()).as("every send was acknowledged").isEqualTo(verdict.sent());
    }

    /** Kills follow the load's progress and not a clock, so that the broker is busy on any machine. */
    private void awaitMoreAcknowledged(Random random) {
        int target = history.acknowledgedCount() + random.nextInt(ACKNOWLEDGED_BETWEEN_MIN, ACKNOWLEDGED_BETWEEN_MAX);
        await("%d acknowledged sends".formatted(target))
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> history.acknowledgedCount() >= target);
    }

    /** Apache Kafka's consumer defines the contents of the log; Tailrace's must read the same. */
    private void recordFinalContents() {
        theirs.recordEnd(history, TOPIC, PARTITIONS.size());
        for (ConsumerRecord record : ours.readAll(TOPIC, PARTITIONS.size())) {
            history.read("our reader", record.topicPartition(), record.offset(), OurClients.text(record.value()));
        }
    }
}
