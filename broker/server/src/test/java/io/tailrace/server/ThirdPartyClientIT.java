package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.testing.WaitLimit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Apache Kafka's unmodified clients against a broker. */
class ThirdPartyClientIT {
    private static BrokerFixture fixture;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        fixture = new BrokerFixture(directory, Map.of("num.partitions", "1"));
    }

    @AfterAll
    static void stop() throws Exception {
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void idempotentProducerWritesInEveryCodec(String codec) throws Exception {
        String topic = "codec-" + codec;
        produce(topic, 1000, "compression.type", codec, "linger.ms", "5");

        assertThat(values(topic, 1000)).isEqualTo(numbers(1000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "all"})
    void producerGetsTheAcksItAsksFor(String acks) throws Exception {
        String topic = "acks-" + acks;
        List<RecordMetadata> metadata = produce(topic, 100, "acks", acks, "enable.idempotence", "false");

        assertThat(metadata.get(99).hasOffset()).isEqualTo(!acks.equals("0"));
        assertThat(values(topic, 100)).isEqualTo(numbers(100));
    }

    @Test
    void consumerReadsFromTheMiddle() throws Exception {
        produce("middle", 1000, "batch.size", "500");
        TopicPartition partition = new TopicPartition("middle", 0);
        try (KafkaConsumer<String, String> consumer = fixture.consumer()) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 777);

            assertThat(poll(consumer, 223)).first().satisfies(record -> {
                assertThat(record.offset()).isEqualTo(777);
                assertThat(record.value()).isEqualTo("777");
            });
            assertThat(consumer.beginningOffsets(Set.of(partition))).containsEntry(partition, 0L);
            assertThat(consumer.endOffsets(Set.of(partition))).containsEntry(partition, 1000L);
        }
    }

    @Test
    void consumerFindsOffsetsByTime() throws Exception {
        TopicPartition partition = new TopicPartition("times", 0);
        try (KafkaProducer<String, String> producer = fixture.producer()) {
            for (long time = 1000; time <= 5000; time += 1000) {
                producer.send(new ProducerRecord<>("times", 0, time, "k", "at " + time))
                        .get();
            }
        }
        try (KafkaConsumer<String, String> consumer = fixture.consumer();
                Admin admin = fixture.admin()) {
            assertThat(consumer.offsetsForTimes(Map.of(partition, 2500L)))
                    .containsEntry(partition, new OffsetAndTimestamp(2, 3000, Optional.of(0)));
            assertThat(consumer.offsetsForTimes(Map.of(partition, 6000L))).containsEntry(partition, null);
            assertThat(admin.listOffsets(Map.of(partition, OffsetSpec.maxTimestamp()))
                            .partitionResult(partition)
                            .get()
                            .offset())
                    .isEqualTo(4);
        }
    }

    @Test
    void committedOffsetsSurviveARestart() throws Exception {
        produce("committed", 10);
        TopicPartition partition = new TopicPartition("committed", 0);
        TopicPartition other = new TopicPartition("committed", 1);
        try (KafkaConsumer<String, String> consumer = fixture.consumer("group.id", "readers")) {
            consumer.assign(List.of(partition));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(4, "first")));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(7, "half way")));
        }
        fixture.restart();
        try (KafkaConsumer<String, String> consumer = fixture.consumer("group.id", "readers");
                Admin admin = fixture.admin()) {
            assertThat(consumer.committed(Set.of(partition, other)))
                    .containsEntry(partition, new OffsetAndMetadata(7, "half way"))
                    .containsEntry(other, null);
            assertThat(admin.listConsumerGroupOffsets("readers")
                            .partitionsToOffsetAndMetadata()
                            .get())
                    .containsOnlyKeys(partition);
            consumer.assign(List.of(partition));
            assertThat(poll(consumer, 3)).first().satisfies(record -> assertThat(record.offset())
                    .isEqualTo(7));
        }
    }

    @Test
    void recordsSurviveARestart() throws Exception {
        produce("kept", 100);
        fixture.restart();
        produce("kept", 100);

        assertThat(values("kept", 200)).hasSize(200).startsWith("0", "1").endsWith("98", "99");
    }

    @Test
    void producerContinuesAfterARestart() throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<String, String> producer = fixture.producer("linger.ms", "1", "retry.backoff.ms", "20")) {
            for (int i = 0; i < 500; i++) {
                sent.add(producer.send(new ProducerRecord<>("over", String.valueOf(i))));
            }
            fixture.restart();
            for (int i = 500; i < 1000; i++) {
                sent.add(producer.send(new ProducerRecord<>("over", String.valueOf(i))));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
        assertThat(values("over", 1000)).as("each once, in order").isEqualTo(numbers(1000));
    }

    @Test
    void adminCreatesGrowsDescribesAndDeletesTopics() throws Exception {
        try (Admin admin = fixture.admin()) {
            admin.createTopics(
                            List.of(new NewTopic("managed", 3, (short) 1).configs(Map.of("retention.ms", "1234567"))))
                    .all()
                    .get();
            assertThat(admin.listTopics().names().get()).contains("managed");
            assertThat(describe(admin).partitions()).hasSize(3).allSatisfy(partition -> {
                assertThat(partition.leader().id()).isEqualTo(1);
                assertThat(partition.isr()).hasSize(1);
            });
            assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic("managed", 1, (short) 1)))
                            .all()
                            .get())
                    .hasCauseInstanceOf(TopicExistsException.class);
            assertThatThrownBy(() -> admin.createTopics(
                                    List.of(new NewTopic("managed", Map.of(0, List.of(1)))),
                                    new CreateTopicsOptions().validateOnly(true))
                            .all()
                            .get())
                    .hasCauseInstanceOf(TopicExistsException.class);
            assertThatThrownBy(() -> admin.createTopics(
                                    List.of(new NewTopic("odd", 1, (short) 1).configs(Map.of("retention.days", "1"))))
                            .all()
                            .get())
                    .hasCauseInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("retention.days");
            admin.createPartitions(Map.of("managed", NewPartitions.increaseTo(5)))
                    .all()
                    .get();
            assertThat(describe(admin).partitions()).hasSize(5);
            admin.deleteTopics(List.of("managed")).all().get();
            assertThat(admin.listTopics().names().get()).doesNotContain("managed");
        }
    }

    @Test
    void adminSeesTheSourceOfSettings() throws Exception {
        try (Admin admin = fixture.admin()) {
            admin.createTopics(
                            List.of(new NewTopic("settings", 1, (short) 1).configs(Map.of("segment.bytes", "1048576"))))
                    .all()
                    .get();
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "settings");
            ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
            Map<ConfigResource, KafkaFuture<Config>> configs =
                    admin.describeConfigs(List.of(topic, broker)).values();
            Config ofTopic = Objects.requireNonNull(configs.get(topic)).get();
            Config ofBroker = Objects.requireNonNull(configs.get(broker)).get();

            assertThat(ofTopic.get("segment.bytes").source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
            assertThat(ofTopic.get("retention.ms").value()).isEqualTo("604800000");
            assertThat(ofBroker.get("broker.id").value()).isEqualTo("1");
            assertThat(admin.describeCluster().nodes().get()).hasSize(1);
            assertThat(admin.describeCluster().controller().get().id()).isEqualTo(1);
        }
    }

    private static TopicDescription describe(Admin admin) throws InterruptedException, ExecutionException {
        return Objects.requireNonNull(
                admin.describeTopics(List.of("managed")).allTopicNames().get().get("managed"));
    }

    private static List<RecordMetadata> produce(String topic, int count, String... settings) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<String, String> producer = fixture.producer(settings)) {
            for (int i = 0; i < count; i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, String.valueOf(i))));
            }
        }
        List<RecordMetadata> metadata = new ArrayList<>();
        for (Future<RecordMetadata> each : sent) {
            metadata.add(each.get());
        }
        return metadata;
    }

    private static List<String> values(String topic, int count) {
        try (KafkaConsumer<String, String> consumer = fixture.consumer()) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            return poll(consumer, count).stream().map(ConsumerRecord::value).toList();
        }
    }

    private static Collection<ConsumerRecord<String, String>> poll(KafkaConsumer<String, String> from, int count) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        long deadline = System.nanoTime() + WaitLimit.WAIT_MAX.toNanos();
        while (records.size() < count && System.nanoTime() < deadline) {
            from.poll(Duration.ofMillis(200)).forEach(records::add);
        }
        return records;
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).toList();
    }
}
