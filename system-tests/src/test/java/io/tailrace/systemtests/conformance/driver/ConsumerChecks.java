package io.tailrace.systemtests.conformance.driver;

import static io.tailrace.systemtests.conformance.driver.Clients.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** The operations of a consumer that assigns its partitions. */
final class ConsumerChecks {
    private final Clients clients;

    ConsumerChecks(Clients clients) {
        this.clients = clients;
    }

    List<Check> all() {
        return List.of(
                Check.of("consumer: assign, seek, position", this::assignAndSeek),
                Check.of("consumer: beginningOffsets, endOffsets, currentLag", this::offsets),
                Check.of("consumer: offsetsForTimes", this::offsetsForTimes),
                Check.of("consumer: pause, resume, paused", this::pauseAndResume),
                Check.of("consumer: max.poll.records, small fetches", this::smallFetches),
                Check.of("consumer: partitionsFor, listTopics", this::partitionsFor),
                Check.of("consumer: auto.offset.reset=none", this::noReset),
                Check.of("consumer: auto.offset.reset=latest", this::latest),
                Check.of("consumer: isolation.level=read_committed, without transactions", this::readCommitted));
    }

    private TopicPartition filled(int count) throws Exception {
        String topic = clients.topic(1);
        clients.send(topic, 1, count);
        return new TopicPartition(topic, 0);
    }

    private static List<String> poll(KafkaConsumer<String, String> consumer, int count) throws Exception {
        List<String> values = new ArrayList<>();
        Clients.until(count + " records", () -> {
            consumer.poll(Clients.POLL).forEach(record -> values.add(record.value()));
            return values.size() >= count;
        });
        return values;
    }

    private void assignAndSeek() throws Exception {
        TopicPartition partition = filled(10);
        try (KafkaConsumer<String, String> consumer = clients.consumer()) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 7);
            assertThat(poll(consumer, 3)).containsExactly("7", "8", "9");
            assertThat(consumer.position(partition)).isEqualTo(10);
            consumer.seekToBeginning(List.of(partition));
            assertThat(poll(consumer, 10)).isEqualTo(numbers(10));
            consumer.seekToEnd(List.of(partition));
            assertThat(consumer.position(partition)).isEqualTo(10);
        }
    }

    private void offsets() throws Exception {
        TopicPartition partition = filled(10);
        try (KafkaConsumer<String, String> consumer = clients.consumer()) {
            assertThat(consumer.beginningOffsets(List.of(partition))).containsEntry(partition, 0L);
            assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, 10L);
            consumer.assign(List.of(partition));
            poll(consumer, 10);
            Clients.until("a lag of 0", () -> {
                consumer.poll(Clients.POLL);
                return consumer.currentLag(partition).orElse(-1) == 0;
            });
        }
    }

    private void offsetsForTimes() throws Exception {
        String topic = clients.topic(1);
        TopicPartition partition = new TopicPartition(topic, 0);
        List<ProducerRecord<String, String>> records = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            records.add(new ProducerRecord<>(topic, 0, 1_000L + i, "k", "v"));
        }
        clients.sendAll(records);
        try (KafkaConsumer<String, String> consumer = clients.consumer()) {
            assertThat(consumer.offsetsForTimes(Map.of(partition, 1_042L)))
                    .containsEntry(partition, new OffsetAndTimestamp(42, 1_042, Optional.of(0)));
            assertThat(consumer.offsetsForTimes(Map.of(partition, 9_999L))).containsEntry(partition, null);
        }
    }

    private void pauseAndResume() throws Exception {
        String topic = clients.topic(2);
        clients.send(topic, 2, 20);
        TopicPartition first = new TopicPartition(topic, 0);
        TopicPartition second = new TopicPartition(topic, 1);
        try (KafkaConsumer<String, String> consumer = clients.consumer()) {
            consumer.assign(List.of(first, second));
            consumer.pause(List.of(first));
            List<String> ofSecond = poll(consumer, 10);
            assertThat(ofSecond).hasSize(10).allMatch(value -> Integer.parseInt(value) % 2 == 1);
            assertThat(consumer.paused()).containsExactly(first);
            consumer.resume(List.of(first));
            assertThat(poll(consumer, 10)).hasSize(10).allMatch(value -> Integer.parseInt(value) % 2 == 0);
        }
    }

    private void smallFetches() throws Exception {
        TopicPartition partition = filled(500);
        try (KafkaConsumer<String, String> consumer = clients.consumer(
                "max.poll.records", "7", "max.partition.fetch.bytes", "200", "fetch.max.bytes", "500")) {
            consumer.assign(List.of(partition));
            List<String> values = new ArrayList<>();
            Clients.until("500 records", () -> {
                List<String> polled = new ArrayList<>();
                for (ConsumerRecord<String, String> record : consumer.poll(Clients.POLL)) {
                    polled.add(record.value());
                }
                assertThat(polled).hasSizeLessThanOrEqualTo(7);
                values.addAll(polled);
                return values.size() >= 500;
            });
            assertThat(values).isEqualTo(numbers(500));
        }
    }

    private void partitionsFor() throws Exception {
        String topic = clients.topic(3);
        try (KafkaConsumer<String, String> consumer = clients.consumer()) {
            assertThat(consumer.partitionsFor(topic))
                    .hasSize(3)
                    .allSatisfy(partition -> assertThat(partition.leader().id()).isIn(1, 2));
            Clients.eventually(() -> assertThat(consumer.listTopics()).containsKey(topic));
        }
    }

    private void noReset() throws Exception {
        TopicPartition partition = filled(10);
        try (KafkaConsumer<String, String> consumer =
                clients.consumer("auto.offset.reset", "none", "group.id", Clients.name())) {
            consumer.assign(List.of(partition));
            assertThatThrownBy(() -> poll(consumer, 1)).isInstanceOf(NoOffsetForPartitionException.class);
            consumer.seek(partition, 99);
            assertThatThrownBy(() -> poll(consumer, 1)).isInstanceOf(OffsetOutOfRangeException.class);
        }
    }

    private void latest() throws Exception {
        TopicPartition partition = filled(10);
        try (KafkaConsumer<String, String> consumer = clients.consumer("auto.offset.reset", "latest")) {
            consumer.assign(List.of(partition));
            assertThat(consumer.position(partition)).isEqualTo(10);
            clients.send(partition.topic(), 1, 2);
            assertThat(poll(consumer, 2)).containsExactly("0", "1");
        }
    }

    private void readCommitted() throws Exception {
        TopicPartition partition = filled(10);
        assertThat(Clients.values(clients.read(partition.topic(), 1, "isolation.level", "read_committed")))
                .isEqualTo(numbers(10));
    }
}
