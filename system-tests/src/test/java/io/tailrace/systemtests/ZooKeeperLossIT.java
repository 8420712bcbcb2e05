package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** ZooKeeper is away for longer than every broker's session: produce is refused, committed records can be read. */
class ZooKeeperLossIT {
    private static final String TOPIC = "committed";
    private static final int RECORDS = 1_000;
    private static final Pattern SESSION_LOST = Pattern.compile("ZooKeeper session lost");
    private static final List<TopicPartition> PARTITIONS = IntStream.range(0, 3)
            .mapToObj(partition -> new TopicPartition(TOPIC, partition))
            .toList();
    private static final Map<String, Object> IMPATIENT = Map.of(
            "enable.idempotence", false,
            "linger.ms", 0,
            "max.block.ms", 3_000,
            "request.timeout.ms", 1_000,
            "delivery.timeout.ms", 3_000);

    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofBrokers(3, Map.of("zookeeper.session.timeout.ms", "10000"));

    private final KafkaClients clients = new KafkaClients(CLUSTER::bootstrapServers);
    private final List<List<String>> read = PARTITIONS.stream()
            .<List<String>>map(partition -> new ArrayList<>())
            .toList();

    @Test
    void consumersReadUpToTheHighWatermarkWhileZooKeeperIsAway() throws Exception {
        clients.createTopic(TOPIC, PARTITIONS.size(), 3);
        List<String> committed =
                IntStream.range(0, RECORDS).mapToObj(ZooKeeperLossIT::value).toList();
        clients.send(inEveryPartition(committed), Map.of());
        // Small fetches, so that most records are still on the brokers when ZooKeeper dies.
        try (KafkaConsumer<String, String> consumer =
                clients.consumer(Map.of("max.partition.fetch.bytes", 10_000, "max.poll.records", 20))) {
            consumer.assign(PARTITIONS);
            readUntil(consumer, RECORDS / 2);
            assertThat(read).anySatisfy(values -> assertThat(values).hasSizeLessThan(RECORDS));
            List<Long> lostBefore = CLUSTER.brokers().stream()
                    .map(ZooKeeperLossIT::sessionsLost)
                    .toList();
            CLUSTER.killZooKeeper();
            await("every broker to lose its session").until(() -> CLUSTER.brokers().stream()
                    .allMatch(broker -> sessionsLost(broker) > lostBefore.get(broker.id() - 1)));

            readUntil(consumer, RECORDS);
            assertThat(read).containsOnly(committed);
            for (TopicPartition partition : PARTITIONS) {
                assertThatThrownBy(() -> clients.send(
                                List.of(KafkaClients.placed(TOPIC, partition.partition(), "refused")), IMPATIENT))
                        .isInstanceOf(ExecutionException.class);
            }

            CLUSTER.startZooKeeper();
            clients.send(inEveryPartition(List.of("later")), Map.of());
            readUntil(consumer, RECORDS + 1);
            assertThat(read).allSatisfy(values -> assertThat(values.subList(RECORDS, values.size()))
                    .containsExactly("later"));
        }
    }

    private static long sessionsLost(LocalBroker broker) {
        return SESSION_LOST.matcher(broker.process().output()).results().count();
    }

    private static String value(int number) {
        return number + "-" + "x".repeat(1_000);
    }

    private static List<ProducerRecord<String, String>> inEveryPartition(List<String> values) {
        return values.stream()
                .flatMap(value ->
                        PARTITIONS.stream().map(partition -> KafkaClients.placed(TOPIC, partition.partition(), value)))
                .toList();
    }

    /** Reads until the consumer has that many records of each partition. */
    private void readUntil(KafkaConsumer<String, String> consumer, int count) {
        await("%d records of each partition".formatted(count))
                .atMost(Duration.ofSeconds(90))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    consumer.poll(Duration.ofMillis(100))
                            .forEach(record -> read.get(record.partition()).add(record.value()));
                    return read.stream().allMatch(values -> values.size() >= count);
                });
    }
}
