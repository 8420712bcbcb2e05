package io.tailrace.systemtests;

import static io.tailrace.systemtests.OurClients.bytes;
import static io.tailrace.systemtests.OurClients.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.Header;
import io.tailrace.client.ProducerRecord;
import io.tailrace.protocol.record.CompressionType;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The newest Apache Kafka clients side by side with our clients. What they do alone is tested in
 * {@code conformance.KafkaClientsConformanceIT}.
 */
@SuppressWarnings("NullAway.Init") // the topic is set before each test
class ThirdPartyClientsIT {
    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofOneBroker();

    private final KafkaClients theirs = new KafkaClients(CLUSTER::bootstrapServers);
    private final OurClients ours = new OurClients(CLUSTER::bootstrapServers);
    private String topic;
    private TopicPartition partition;

    @BeforeEach
    void nameTopic() {
        topic = "t-" + UUID.randomUUID();
        partition = new TopicPartition(topic, 0);
    }

    @Test
    void ourConsumerReadsTheirKeysHeadersTimestampsAndNulls() throws Exception {
        var full = KafkaClients.record(topic, 1_234, "key", "value");
        full.headers().add("trace", bytes("7f")).add("trace", null);
        theirs.send(List.of(full, KafkaClients.record(topic, 1_235, null, null)), Map.of());
        List<ConsumerRecord> records = ours.readAll(topic, 1);

        assertThat(records).hasSize(2);
        ConsumerRecord first = records.get(0);
        assertThat(text(first.key())).isEqualTo("key");
        assertThat(text(first.value())).isEqualTo("value");
        assertThat(first.timestampMs()).isEqualTo(1_234);
        assertThat(first.headers()).extracting(Header::key).containsExactly("trace", "trace");
        assertThat(first.headers()).extracting(Header::value).containsExactly(bytes("7f"), null);
        assertThat(records.get(1).key()).isNull();
        assertThat(records.get(1).value()).isNull();
    }

    @Test
    void theirConsumerReadsOurKeysHeadersTimestampsAndNulls() {
        Header trace = new Header("trace", bytes("7f"));
        Header empty = new Header("trace", null);
        ours.send(
                List.of(
                        ourRecord(1_234, bytes("key"), bytes("value"), List.of(trace, empty)),
                        ourRecord(1_235, null, null, List.of())),
                CompressionType.NONE);
        var records = theirs.readAll(topic, 1);

        assertThat(records).hasSize(2);
        var first = records.get(0);
        assertThat(first.key()).isEqualTo("key");
        assertThat(first.value()).isEqualTo("value");
        assertThat(first.timestamp()).isEqualTo(1_234);
        assertThat(first.headers().headers("trace"))
                .extracting(header -> header.value())
                .containsExactly(bytes("7f"), null);
        assertThat(records.get(1).key()).isNull();
        assertThat(records.get(1).value()).isNull();
    }

    private ProducerRecord ourRecord(
            long timestampMs, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {
        return new ProducerRecord(topic, OptionalInt.of(0), OptionalLong.of(timestampMs), key, value, headers);
    }

    @Test
    void bothProducersMapAKeyToTheSamePartition() throws Exception {
        theirs.createTopic(topic, 7);
        List<String> keys = numbers(50);
        theirs.send(
                keys.stream().map(key -> KafkaClients.keyed(topic, key, "x")).toList(), Map.of());
        ours.send(
                keys.stream()
                        .map(key -> ProducerRecord.of(topic, bytes(key), bytes("x")))
                        .toList(),
                CompressionType.NONE);
        var records = theirs.readAll(topic, 7);

        assertThat(records).hasSize(100);
        assertThat(records.stream()
                        .map(record -> record.key() + " in " + record.partition())
                        .distinct())
                .hasSize(50);
    }

    @Test
    void committedOffsetsAreSeenByBothClients() throws Exception {
        theirs.send(topic, numbers(10), Map.of());
        String group = "g-" + topic;
        try (KafkaConsumer<String, String> consumer = theirs.consumer(Map.of("group.id", group))) {
            consumer.assign(List.of(partition));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(7, "half way")));
        }
        try (KafkaConsumer<String, String> consumer = theirs.consumer(Map.of("group.id", group));
                Admin admin = theirs.admin()) {
            assertThat(consumer.committed(Set.of(partition)))
                    .containsEntry(partition, new OffsetAndMetadata(7, "half way"));
            consumer.assign(List.of(partition));
            assertThat(consumer.position(partition)).isEqualTo(7);
            assertThat(admin.listConsumerGroupOffsets(group)
                            .partitionsToOffsetAndMetadata()
                            .get())
                    .containsExactly(Map.entry(partition, new OffsetAndMetadata(7, "half way")));
        }
        assertThat(ours.committed(group, topic)).isEqualTo(Map.of(0, 7L));
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).toList();
    }
}
