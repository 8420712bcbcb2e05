package io.tailrace.systemtests.conformance.driver;

import static io.tailrace.systemtests.conformance.driver.Clients.get;
import static io.tailrace.systemtests.conformance.driver.Clients.numbers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;

/** The producer's operations. */
final class ProducerChecks {
    private static final int COUNT = 2_000;
    private final Clients clients;

    ProducerChecks(Clients clients) {
        this.clients = clients;
    }

    List<Check> all() {
        List<Check> checks = new ArrayList<>();
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            checks.add(Check.of("producer: compression.type=" + codec, () -> compression(codec)));
        }
        for (String acks : List.of("0", "1", "all")) {
            checks.add(Check.of("producer: acks=" + acks, () -> acks(acks)));
        }
        checks.add(Check.of("producer: idempotence", this::idempotence));
        checks.add(Check.of("producer: headers, null keys and null values", this::headers));
        checks.add(Check.of("producer: create time and log append time", this::timestamps));
        checks.add(Check.of("producer: partition from the key", this::partitionFromKey));
        checks.add(Check.of("producer: batches of 900 KB", this::bigBatches));
        checks.add(Check.of("producer: records that are too large are refused", this::tooLarge));
        checks.add(Check.of("producer: creates topics (auto.create.topics.enable)", this::createsTopics));
        return checks;
    }

    private void compression(String codec) throws Exception {
        String topic = clients.topic(1);
        clients.send(topic, 1, COUNT, "compression.type", codec, "batch.size", "8192");
        assertThat(clients.values(topic)).isEqualTo(numbers(COUNT));
    }

    private void acks(String acks) throws Exception {
        String topic = clients.topic(1);
        // The leader is ready: with acks=0, a producer does not learn of a leader that is not.
        clients.send(topic, 1, 1);
        List<RecordMetadata> acknowledged =
                clients.sendAll(numbered(topic), "acks", acks, "enable.idempotence", "false");
        assertThat(acknowledged).allMatch(metadata -> metadata.hasOffset() != acks.equals("0"));
        // Nothing is acknowledged with acks=0, so the records may still be on their way.
        Clients.until("all records", () -> clients.values(topic).size() > COUNT);
        assertThat(clients.values(topic))
                .startsWith("0")
                .endsWith(numbers(COUNT).toArray(String[]::new));
    }

    private static List<ProducerRecord<String, String>> numbered(String topic) {
        return numbers(COUNT).stream()
                .map(value -> new ProducerRecord<String, String>(topic, 0, null, value))
                .toList();
    }

    private void idempotence() throws Exception {
        String topic = clients.topic(1);
        List<RecordMetadata> acknowledged =
                clients.sendAll(numbered(topic), "enable.idempotence", "true", "batch.size", "512", "linger.ms", "0");
        assertThat(acknowledged)
                .extracting(RecordMetadata::offset)
                .isEqualTo(IntStream.range(0, COUNT).mapToObj(Long::valueOf).toList());
        assertThat(clients.values(topic)).isEqualTo(numbers(COUNT));
    }

    private void headers() throws Exception {
        String topic = clients.topic(1);
        List<Header> headers = List.of(
                new RecordHeader("trace", "7f".getBytes(UTF_8)),
                new RecordHeader("trace", "80".getBytes(UTF_8)),
                new RecordHeader("empty", new byte[0]));
        clients.sendAll(List.of(
                new ProducerRecord<>(topic, 0, "key", "value", headers),
                new ProducerRecord<>(topic, 0, null, "no key"),
                new ProducerRecord<>(topic, 0, "no value", null)));
        List<ConsumerRecord<String, String>> read = clients.read(topic, 1);
        assertThat(read).extracting(ConsumerRecord::key).containsExactly("key", null, "no value");
        assertThat(read).extracting(ConsumerRecord::value).containsExactly("value", "no key", null);
        assertThat(read.get(0).headers().toArray()).containsExactlyElementsOf(headers);
        assertThat(read.get(1).headers().toArray()).isEmpty();
    }

    private void timestamps() throws Exception {
        String created = clients.topic(1);
        List<RecordMetadata> acknowledged =
                clients.sendAll(List.of(new ProducerRecord<>(created, 0, 1_234L, "k", "v")));
        assertThat(acknowledged.get(0).timestamp()).isEqualTo(1_234);
        assertThat(clients.read(created, 1).get(0).timestamp()).isEqualTo(1_234);
        assertThat(clients.read(created, 1).get(0).timestampType()).isEqualTo(TimestampType.CREATE_TIME);

        String appended = clients.topic(1, Map.of("message.timestamp.type", "LogAppendTime"));
        RecordMetadata second = clients.sendAll(List.of(new ProducerRecord<>(appended, 0, 1_234L, "k", "v")))
                .get(0);
        ConsumerRecord<String, String> read = clients.read(appended, 1).get(0);
        assertThat(read.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(read.timestamp()).isEqualTo(second.timestamp()).isGreaterThan(1_234);
    }

    private void partitionFromKey() throws Exception {
        String topic = clients.topic(4);
        List<ProducerRecord<String, String>> records = Stream.of("a", "b", "c", "d", "e", "f", "g", "h", "a", "b", "c")
                .map(key -> new ProducerRecord<>(topic, key, key))
                .toList();
        clients.sendAll(records);
        Map<String, List<Integer>> partitions = clients.read(topic, 4).stream()
                .collect(Collectors.groupingBy(
                        ConsumerRecord::key, Collectors.mapping(ConsumerRecord::partition, Collectors.toList())));
        assertThat(partitions).hasSize(8).allSatisfy((key, found) -> assertThat(
                        found.stream().distinct())
                .hasSize(1));
        try (KafkaProducer<String, String> producer = clients.producer()) {
            assertThat(producer.partitionsFor(topic)).hasSize(4);
        }
    }

    private void bigBatches() throws Exception {
        String topic = clients.topic(1);
        String value = "x".repeat(900_000);
        clients.sendAll(
                List.of(new ProducerRecord<>(topic, 0, "k", value), new ProducerRecord<>(topic, 0, "k", value + "y")),
                "batch.size",
                "950000");
        assertThat(clients.values(topic)).containsExactly(value, value + "y");
    }

    private void tooLarge() throws Exception {
        String topic = clients.topic(1, Map.of("max.message.bytes", "10000"));
        assertThatThrownBy(() -> clients.sendAll(List.of(new ProducerRecord<>(topic, 0, "k", "x".repeat(20_000)))))
                .hasCauseInstanceOf(RecordTooLargeException.class);
        clients.send(topic, 1, 1);
        assertThat(clients.values(topic)).containsExactly("0");
    }

    private void createsTopics() throws Exception {
        String topic = Clients.name();
        try (KafkaProducer<String, String> producer = clients.producer()) {
            RecordMetadata sent = get(producer.send(new ProducerRecord<>(topic, "k", "v")));
            assertThat(sent.offset()).isZero();
            assertThat(clients.read(topic, sent.partition() + 1))
                    .extracting(record -> new TopicPartition(record.topic(), record.partition()))
                    .containsExactly(new TopicPartition(topic, sent.partition()));
        }
    }
}
