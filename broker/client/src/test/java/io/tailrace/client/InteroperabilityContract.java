package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.testing.WaitLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Our clients and unmodified kafka-clients read what the other has written, with any broker. */
@SuppressWarnings("NullAway.Init") // fields are set before each test
public abstract class InteroperabilityContract {
    private static final int RECORDS = 1_000;

    private String topic;
    private TopicPartition partition;

    /** The brokers to run against. */
    protected abstract String bootstrapServers();

    @BeforeEach
    void createTopic() {
        topic = "interoperability-" + UUID.randomUUID();
        partition = new TopicPartition(topic, 0);
        try (Admin admin = Admin.create(ClientConfig.of(bootstrapServers()))) {
            admin.createTopic(new NewTopic(topic, OptionalInt.of(1), OptionalInt.of(1), Map.of()));
        }
    }

    private KafkaConsumer<byte[], byte[]> theirConsumer() {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers(), "group.id", "g-" + topic, "check.crcs", "true"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void theirConsumerReadsWhatOurProducerWrites(CompressionType compression) {
        ProducerConfig config = ProducerConfig.builder(bootstrapServers())
                .compression(compression)
                .batchBytesMax(8_000)
                .build();
        try (Producer producer = Producer.create(config)) {
            for (int i = 0; i < RECORDS; i++) {
                var unused = producer.send(new ProducerRecord(
                        topic,
                        OptionalInt.of(0),
                        OptionalLong.of(1_000 + i),
                        ClientContract.bytes("key" + i),
                        i % 10 == 0 ? null : ClientContract.bytes("value" + i),
                        List.of(new Header("n", ClientContract.bytes("" + i)))));
            }
        }
        org.apache.kafka.common.TopicPartition theirs = new org.apache.kafka.common.TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = theirConsumer()) {
            consumer.assign(List.of(theirs));
            consumer.seekToBeginning(List.of(theirs));
            List<org.apache.kafka.clients.consumer.ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            long deadline = System.nanoTime() + WaitLimit.WAIT_MAX.toNanos();
            while (records.size() < RECORDS && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            assertThat(records).hasSize(RECORDS);
            for (int i = 0; i < RECORDS; i++) {
                var record = records.get(i);
                assertThat(record.offset()).isEqualTo(i);
                assertThat(record.timestamp()).isEqualTo(1_000 + i);
                assertThat(record.key()).isEqualTo(ClientContract.bytes("key" + i));
                assertThat(record.value()).isEqualTo(i % 10 == 0 ? null : ClientContract.bytes("value" + i));
                assertThat(record.headers().lastHeader("n").value()).isEqualTo(ClientContract.bytes("" + i));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void ourConsumerReadsWhatTheirProducerWrites(CompressionType compression) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                bootstrapServers(),
                "compression.type",
                compression.configName(),
                "linger.ms",
                "5",
                "batch.size",
                "8000");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                var unused = producer.send(new org.apache.kafka.clients.producer.ProducerRecord<>(
                        topic,
                        0,
                        1_000L + i,
                        ClientContract.bytes("key" + i),
                        i % 10 == 0 ? null : ClientContract.bytes("value" + i),
                        List.of(new RecordHeader("n", ClientContract.bytes("" + i)))));
            }
        }
        ConsumerConfig reading = ConsumerConfig.builder(bootstrapServers())
                .offsetReset(OffsetReset.EARLIEST)
                .build();
        try (Consumer consumer = Consumer.create(reading)) {
            consumer.assign(List.of(partition));
            List<ConsumerRecord> records = ClientContract.read(consumer, RECORDS);
            assertThat(records).hasSize(RECORDS);
            for (int i = 0; i < RECORDS; i++) {
                ConsumerRecord record = records.get(i);
                assertThat(record.offset()).isEqualTo(i);
                assertThat(record.timestampMs()).isEqualTo(1_000 + i);
                assertThat(record.key()).isEqualTo(ClientContract.bytes("key" + i));
                assertThat(record.value()).isEqualTo(i % 10 == 0 ? null : ClientContract.bytes("value" + i));
                assertThat(record.headers().get(0).value()).isEqualTo(ClientContract.bytes("" + i));
            }
        }
    }

    @Test
    void committedOffsetsAreTheSameOnBothSides() {
        org.apache.kafka.common.TopicPartition theirs = new org.apache.kafka.common.TopicPartition(topic, 0);
        ConsumerConfig config =
                ConsumerConfig.builder(bootstrapServers()).group("g-" + topic).build();
        try (KafkaConsumer<byte[], byte[]> their = theirConsumer();
                Consumer our = Consumer.create(config)) {
            their.assign(List.of(theirs));
            their.commitSync(Map.of(theirs, new OffsetAndMetadata(17)));
            assertThat(our.committed(List.of(partition))).containsEntry(partition, 17L);
            our.commit(Map.of(partition, 18L));
            assertThat(their.committed(java.util.Set.of(theirs)).get(theirs))
                    .isNotNull()
                    .extracting(OffsetAndMetadata::offset)
                    .isEqualTo(18L);
        }
    }
}
