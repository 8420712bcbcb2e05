package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group of the consumer protocol whose coordinator is killed. */
class ConsumerFailoverIT {
    private static final String TOPIC = "web";
    private static final String GROUP = "readers";
    private static final int PARTITIONS = 4;

    @Test
    void membersGoOnWithTheirPartitionsAndOffsetsWhenTheirCoordinatorDies(@TempDir Path directory) throws Exception {
        Map<String, ?> settings = Map.of("offsets.topic.replication.factor", 3, "offsets.topic.num.partitions", 4);
        try (ThreeBrokers brokers = new ThreeBrokers(directory, settings);
                Admin admin = Admin.create(Map.of("bootstrap.servers", brokers.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 3)))
                    .all()
                    .get();
            try (Reader first = new Reader(brokers.bootstrap());
                    Reader second = new Reader(brokers.bootstrap())) {
                pollUntil(() -> first.partitions() == 2 && second.partitions() == 2, first, second);
                produce(brokers.bootstrap(), 100);
                pollUntil(() -> first.values.size() + second.values.size() == 100, first, second);
                first.consumer.commitSync();
                second.consumer.commitSync();
                int revocations = first.revocations + second.revocations;
                brokers.kill(coordinator(admin));

                produce(brokers.bootstrap(), 100);
                pollUntil(() -> first.values.size() + second.values.size() >= 200, first, second);
                first.consumer.commitSync();
                second.consumer.commitSync();

                assertThat(first.values.size() + second.values.size()).isEqualTo(200);
                assertThat(first.revocations + second.revocations).isEqualTo(revocations);
                assertThat(committed(admin)).isEqualTo(200);
                try (Reader third = new Reader(brokers.bootstrap())) {
                    pollUntil(() -> third.partitions() == 1, first, second, third);
                }
            }
        }
    }

    /** A consumer of the topic in the group. */
    private static final class Reader implements ConsumerRebalanceListener, AutoCloseable {
        private final KafkaConsumer<String, String> consumer;
        private final List<String> values = new ArrayList<>();
        private int revocations;

        Reader(String bootstrap) {
            consumer = new KafkaConsumer<>(
                    Map.of(
                            "bootstrap.servers", bootstrap,
                            "group.id", GROUP,
                            "group.protocol", "consumer",
                            "enable.auto.commit", "false",
                            "auto.offset.reset", "earliest"),
                    new StringDeserializer(),
                    new StringDeserializer());
            consumer.subscribe(Set.of(TOPIC), this);
        }

        int partitions() {
            return consumer.assignment().size();
        }

        void poll() {
            consumer.poll(Duration.ofMillis(50)).forEach(record -> values.add(record.value()));
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            revocations++;
        }

        @Override
        public void close() {
            consumer.close();
        }
    }

    private static void pollUntil(Callable<Boolean> condition, Reader... readers) {
        await().atMost(Duration.ofSeconds(90))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .pollInSameThread()
                .until(() -> {
                    Stream.of(readers).forEach(Reader::poll);
                    return condition.call();
                });
    }

    private static void produce(String bootstrap, int count) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < count; i++) {
                var unused = producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, null, String.valueOf(i)));
            }
        }
    }

    private static int coordinator(Admin admin) throws Exception {
        return admin.describeConsumerGroups(List.of(GROUP))
                .all()
                .get()
                .values()
                .iterator()
                .next()
                .coordinator()
                .id();
    }

    private static long committed(Admin admin) throws Exception {
        return admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get().values().stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }
}
