package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of Apache Kafka that commit offsets of a group in transactions, while the broker restarts. */
class TransactionOffsetsIT {
    private static final TopicPartition INPUT = new TopicPartition("input", 0);
    private static final TopicPartition OUTPUT = new TopicPartition("output", 0);
    private static final int RECORDS = 60;
    private static final Map<String, String> SETTINGS = Map.of(
            "transaction.state.log.num.partitions", "4",
            "offsets.topic.num.partitions", "4",
            "group.initial.rebalance.delay.ms", "100");

    @Test
    void pendingOffsetsSurviveARestart(@TempDir Path directory) throws Exception {
        try (BrokerFixture broker = new BrokerFixture(directory, SETTINGS);
                KafkaConsumer<String, String> consumer = broker.consumer("group.id", "g");
                KafkaProducer<String, String> producer = broker.producer("transactional.id", "a")) {
            createTopics(broker);
            producer.initTransactions();
            commit(producer, consumer, 1);
            producer.beginTransaction();
            producer.sendOffsetsToTransaction(Map.of(INPUT, new OffsetAndMetadata(2)), consumer.groupMetadata());
            awaitStable(broker, ErrorCode.UNSTABLE_OFFSET_COMMIT, -1);

            broker.restart();
            awaitStable(broker, ErrorCode.UNSTABLE_OFFSET_COMMIT, -1);
            producer.commitTransaction();
            awaitStable(broker, ErrorCode.NONE, 2);
            broker.restart();
            awaitStable(broker, ErrorCode.NONE, 2);
        }
    }

    private static void commit(
            KafkaProducer<String, String> producer, KafkaConsumer<String, String> consumer, long offset) {
        producer.beginTransaction();
        producer.sendOffsetsToTransaction(Map.of(INPUT, new OffsetAndMetadata(offset)), consumer.groupMetadata());
        producer.commitTransaction();
    }

    private static void awaitStable(BrokerFixture broker, ErrorCode error, long offset) {
        OffsetFetchRequest.Group group = new OffsetFetchRequest.Group(
                "g", List.of(new OffsetFetchRequest.Topic(INPUT.topic(), List.of(INPUT.partition()))));
        OffsetFetchRequest request = new OffsetFetchRequest("", List.of(), List.of(group), true);
        await().ignoreException(IOException.class).untilAsserted(() -> {
            try (RawClient client = new RawClient(broker.port())) {
                OffsetFetchResponse.Group answer = client.call(request, (short) 9, OffsetFetchResponse.class)
                        .groups()
                        .get(0);
                assertThat(answer.errorCode()).isEqualTo(ErrorCode.NONE);
                assertThat(answer.topics().get(0).partitions())
                        .containsExactly(new OffsetFetchResponse.Partition(INPUT.partition(), offset, -1, "", error));
            }
        });
    }

    /** Every third transaction is aborted, and its records are processed again. */
    @Test
    void eachRecordIsProcessedExactlyOnceThoughTheBrokerRestarts(@TempDir Path directory) throws Exception {
        try (BrokerFixture broker = new BrokerFixture(directory, SETTINGS);
                KafkaProducer<String, String> source = broker.producer();
                KafkaProducer<String, String> producer = broker.producer("transactional.id", "a")) {
            createTopics(broker);
            List<String> sent =
                    IntStream.range(0, RECORDS).mapToObj(Integer::toString).toList();
            for (String value : sent) {
                source.send(new ProducerRecord<>(INPUT.topic(), value)).get();
            }
            producer.initTransactions();
            try (KafkaConsumer<String, String> consumer = broker.consumer(
                    "group.id",
                    "g",
                    "isolation.level",
                    "read_committed",
                    "enable.auto.commit",
                    "false",
                    "auto.offset.reset",
                    "earliest",
                    "max.poll.records",
                    "5")) {
                consumer.subscribe(List.of(INPUT.topic()));
                process(broker, consumer, producer);
            }
            assertThat(output(broker)).containsExactlyElementsOf(sent);
        }
    }

    private static void process(
            BrokerFixture broker, KafkaConsumer<String, String> consumer, KafkaProducer<String, String> producer)
            throws Exception {
        int transactions = 0;
        for (long committed = 0; committed < RECORDS; ) {
            ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
            if (records.isEmpty()) {
                continue;
            }
            producer.beginTransaction();
            Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
            for (ConsumerRecord<String, String> record : records) {
                var unused = producer.send(new ProducerRecord<>(OUTPUT.topic(), record.value()));
                next.put(INPUT, new OffsetAndMetadata(record.offset() + 1));
            }
            producer.sendOffsetsToTransaction(next, consumer.groupMetadata());
            if (++transactions == 7) {
                broker.restart();
            }
            if (transactions % 3 == 0) {
                producer.abortTransaction();
                consumer.seek(INPUT, committed);
            } else {
                producer.commitTransaction();
                committed = Objects.requireNonNull(next.get(INPUT)).offset();
            }
        }
    }

    private static List<String> output(BrokerFixture broker) {
        List<String> read = new ArrayList<>();
        try (KafkaConsumer<String, String> reader = broker.consumer("isolation.level", "read_committed")) {
            reader.assign(List.of(OUTPUT));
            reader.seekToBeginning(List.of(OUTPUT));
            // The last transaction is decided, but its marker may still be on its way.
            await().until(() -> {
                reader.poll(Duration.ofMillis(100)).forEach(record -> read.add(record.value()));
                return read.size() >= RECORDS;
            });
        }
        return read;
    }

    private static void createTopics(BrokerFixture broker) throws Exception {
        try (Admin admin = broker.admin()) {
            admin.createTopics(List.of(
                            new NewTopic(INPUT.topic(), 1, (short) 1), new NewTopic(OUTPUT.topic(), 1, (short) 1)))
                    .all()
                    .get();
        }
    }
}
