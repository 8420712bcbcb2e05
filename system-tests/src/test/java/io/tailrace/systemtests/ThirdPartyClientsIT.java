package io.tailrace.systemtests;

import static io.tailrace.systemtests.OurClients.bytes;
import static io.tailrace.systemtests.OurClients.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.Header;
import io.tailrace.client.ProducerRecord;
import io.tailrace.protocol.record.CompressionType;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The newest Apache Kafka clients, unmodified, against a broker process and side by side with our clients. */
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
    void clientsAreTheNewest() throws Exception {
        Properties version = new Properties();
        try (InputStream in = KafkaProducer.class.getResourceAsStream("/kafka/kafka-version.properties")) {
            version.load(Objects.requireNonNull(in));
        }
        assertThat(version).containsEntry("version", "4.4.0");
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void bothConsumersReadWhatTheirIdempotentProducerWrites(CompressionType codec) throws Exception {
        List<String> values = numbers(2_000);
        Map<String, Object> settings = Map.of("compression.type", codec.configName(), "batch.size", 8_192);

        assertThat(theirs.send(topic, values, settings))
                .extracting(RecordMetadata::offset)
                .isEqualTo(IntStream.range(0, 2_000).mapToObj(Long::valueOf).toList());
        assertThat(theirs.values(topic)).isEqualTo(values);
        assertThat(ours.values(topic)).isEqualTo(values);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void theirConsumerReadsWhatOurProducerWrites(CompressionType codec) {
        List<String> values = numbers(2_000);
        ours.send(
                values.stream()
                        .map(value -> ProducerRecord.of(topic, null, bytes(value)))
                        .toList(),
                codec);

        assertThat(theirs.values(topic)).isEqualTo(values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "all"})
    void producerGetsTheAcknowledgementsItAskedFor(String acks) throws Exception {
        theirs.createTopic(topic, 1);
        List<RecordMetadata> acknowledged =
                theirs.send(topic, numbers(500), Map.of("acks", acks, "enable.idempotence", false));

        assertThat(acknowledged)
                .allSatisfy(metadata -> assertThat(metadata.hasOffset()).isEqualTo(!acks.equals("0")));
        assertThat(theirs.values(topic)).isEqualTo(numbers(500));
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
    void consumerSeeksAndFindsOffsetsByTime() throws Exception {
        theirs.send(
                numbers(100).stream()
                        .map(i -> KafkaClients.record(topic, 1_000 + Integer.parseInt(i), null, i))
                        .toList(),
                Map.of("batch.size", 0));
        try (KafkaConsumer<String, String> consumer = theirs.consumer(Map.of())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 77);
            assertThat(consumer.poll(Duration.ofSeconds(30)).iterator().next().value())
                    .isEqualTo("77");
            assertThat(consumer.beginningOffsets(Set.of(partition))).containsEntry(partition, 0L);
            assertThat(consumer.endOffsets(Set.of(partition))).containsEntry(partition, 100L);
            assertThat(consumer.offsetsForTimes(Map.of(partition, 1_042L)))
                    .containsEntry(partition, new OffsetAndTimestamp(42, 1_042, Optional.of(0)));
            assertThat(consumer.offsetsForTimes(Map.of(partition, 9_999L))).containsEntry(partition, null);
        }
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

    @Test
    void adminCreatesGrowsDescribesAndDeletesTopics() throws Exception {
        try (Admin admin = theirs.admin()) {
            NewTopic wanted = new NewTopic(topic, 3, (short) 1).configs(Map.of("retention.ms", "1234567"));
            admin.createTopics(List.of(wanted)).all().get();
            assertThat(admin.listTopics().names().get()).contains(topic);
            assertThat(describe(admin).partitions()).hasSize(3).allSatisfy(each -> {
                assertThat(each.leader().id()).isEqualTo(1);
                assertThat(each.replicas()).hasSize(1);
                assertThat(each.isr()).hasSize(1);
            });
            assertThatThrownBy(() -> admin.createTopics(List.of(wanted)).all().get())
                    .hasCauseInstanceOf(TopicExistsException.class);
            NewTopic odd = new NewTopic(topic + "-odd", 1, (short) 1).configs(Map.of("retention.days", "1"));
            assertThatThrownBy(() -> admin.createTopics(List.of(odd)).all().get())
                    .hasCauseInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("retention.days");
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(5)))
                    .all()
                    .get();
            assertThat(describe(admin).partitions()).hasSize(5);
            admin.deleteTopics(List.of(topic)).all().get();
            assertThat(admin.listTopics().names().get()).doesNotContain(topic);
            assertThatThrownBy(() -> describe(admin)).hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    private TopicDescription describe(Admin admin) throws Exception {
        return Objects.requireNonNull(
                admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic));
    }

    @Test
    void adminSeesTheClusterAndWhereSettingsComeFrom() throws Exception {
        try (Admin admin = theirs.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(Map.of("segment.bytes", "1048576"))))
                    .all()
                    .get();
            ConfigResource ofTopic = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            ConfigResource ofBroker = new ConfigResource(ConfigResource.Type.BROKER, "1");
            Map<ConfigResource, Config> configs =
                    admin.describeConfigs(List.of(ofTopic, ofBroker)).all().get();

            ConfigEntry segmentBytes =
                    Objects.requireNonNull(configs.get(ofTopic)).get("segment.bytes");
            assertThat(segmentBytes.value()).isEqualTo("1048576");
            assertThat(segmentBytes.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
            assertThat(Objects.requireNonNull(configs.get(ofBroker))
                            .get("broker.id")
                            .value())
                    .isEqualTo("1");
            assertThat(admin.describeCluster().nodes().get()).hasSize(1);
            assertThat(admin.describeCluster().controller().get().id()).isEqualTo(1);
        }
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).toList();
    }
}
