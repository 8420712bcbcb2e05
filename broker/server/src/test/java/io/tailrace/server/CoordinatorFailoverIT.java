package io.tailrace.server;

import static io.tailrace.server.GroupReader.commitAll;
import static io.tailrace.server.GroupReader.pollUntil;
import static io.tailrace.server.GroupReader.pollUntilShared;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A group whose coordinator is killed, with either protocol. */
class CoordinatorFailoverIT {
    private static final String TOPIC = "web";
    private static final int PARTITIONS = 4;
    private static final Map<String, ?> SETTINGS = Map.of(
            "offsets.topic.replication.factor", 3,
            "offsets.topic.num.partitions", 4,
            "group.initial.rebalance.delay.ms", 100);

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void membersGoOnWithTheirPartitionsAndOffsets(String protocol, @TempDir Path directory) throws Exception {
        try (ThreeBrokers brokers = new ThreeBrokers(directory, SETTINGS);
                Admin admin = Admin.create(Map.of("bootstrap.servers", brokers.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 3)))
                    .all()
                    .get();
            try (GroupReader first = reader(brokers, protocol);
                    GroupReader second = reader(brokers, protocol)) {
                pollUntilShared(PARTITIONS, first, second);
                produce(brokers.bootstrap(), 100);
                pollUntil(() -> read(first, second) == 100, first, second);
                commitAll(first, second);
                int generation = first.generation();
                int assignments = first.assignments() + second.assignments();
                int revocations = first.revocations() + second.revocations();
                brokers.kill(coordinator(admin));

                produce(brokers.bootstrap(), 100);
                pollUntil(() -> read(first, second) >= 200, first, second);
                commitAll(first, second);

                assertThat(read(first, second)).isEqualTo(200);
                assertThat(first.revocations() + second.revocations()).isEqualTo(revocations);
                assertThat(first.assignments() + second.assignments()).isEqualTo(assignments);
                assertThat(List.of(first.generation(), second.generation())).containsOnly(generation);
                assertThat(committed(admin)).isEqualTo(200);
                try (GroupReader third = reader(brokers, protocol)) {
                    pollUntilShared(PARTITIONS, first, second, third);
                }
            }
        }
    }

    private static GroupReader reader(ThreeBrokers brokers, String protocol) {
        return new GroupReader(brokers.bootstrap(), TOPIC, protocol);
    }

    private static int read(GroupReader... readers) {
        return Stream.of(readers).mapToInt(reader -> reader.values().size()).sum();
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
        return admin.describeConsumerGroups(List.of(TOPIC))
                .all()
                .get()
                .values()
                .iterator()
                .next()
                .coordinator()
                .id();
    }

    private static long committed(Admin admin) throws Exception {
        return admin.listConsumerGroupOffsets(TOPIC).partitionsToOffsetAndMetadata().get().values().stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }
}
