package io.tailrace.systemtests;

import static org.awaitility.Awaitility.await;

import io.tailrace.replication.history.History;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Apache Kafka's own clients, unmodified, for the brokers of a cluster.
 *
 * @param bootstrapServers asked for each client, since a cluster has no addresses before it is started
 */
record KafkaClients(Supplier<String> bootstrapServers) {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration READ_MAX = Duration.ofSeconds(60);
    /** A pause between polls would make half an hour's records take longer than that to read. */
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    /** With defaults (idempotent, {@code acks=all}) but for the settings. */
    KafkaProducer<String, String> producer(Map<String, Object> settings) {
        return new KafkaProducer<>(with(settings), new StringSerializer(), new StringSerializer());
    }

    /** Reads from the beginning where it has no position, and commits only when told to. */
    KafkaConsumer<String, String> consumer(Map<String, Object> settings) {
        Map<String, Object> all = with(settings);
        all.putIfAbsent("auto.offset.reset", "earliest");
        all.putIfAbsent("enable.auto.commit", false);
        return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
    }

    Admin admin() {
        return admin(Map.of("default.api.timeout.ms", 60_000));
    }

    Admin admin(Map<String, Object> settings) {
        return Admin.create(with(settings));
    }

    private Map<String, Object> with(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("bootstrap.servers", bootstrapServers.get());
        return all;
    }

    void createTopic(String topic, int partitions) throws Exception {
        createTopic(topic, partitions, 1);
    }

    void createTopic(String topic, int partitions, int replicas) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) replicas)))
                    .all()
                    .get();
        }
    }

    /** Sends values to partition 0, and returns once each is acknowledged, with what the broker said. */
    List<RecordMetadata> send(String topic, List<String> values, Map<String, Object> settings) throws Exception {
        return send(values.stream().map(value -> placed(topic, 0, value)).toList(), settings);
    }

    /** Sends records, and returns once each is acknowledged, with what the broker said. */
    List<RecordMetadata> send(Collection<ProducerRecord<String, String>> records, Map<String, Object> settings)
            throws Exception {
        List<Future<RecordMetadata>> sends = new ArrayList<>();
        try (KafkaProducer<String, String> producer = producer(settings)) {
            records.forEach(record -> sends.add(producer.send(record)));
        }
        List<RecordMetadata> acknowledged = new ArrayList<>();
        for (Future<RecordMetadata> send : sends) {
            acknowledged.add(send.get());
        }
        return acknowledged;
    }

    /** A record for partition 0. */
    static ProducerRecord<String, String> record(
            String topic, long timestampMs, @Nullable String key, @Nullable String value) {
        return new ProducerRecord<>(topic, 0, timestampMs, key, value);
    }

    /** A record for a given partition. */
    static ProducerRecord<String, String> placed(String topic, int partition, String value) {
        return new ProducerRecord<>(topic, partition, null, value);
    }

    /** A record that goes where its key says. */
    static ProducerRecord<String, String> keyed(String topic, String key, String value) {
        return new ProducerRecord<>(topic, key, value);
    }

    /** All that stands in a topic's first partitions now, in offset order within each. */
    List<ConsumerRecord<String, String>> readAll(String topic, int partitionCount) {
        List<TopicPartition> partitions = IntStream.range(0, partitionCount)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        try (KafkaConsumer<String, String> consumer = consumer(Map.of())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            await("the ends " + ends)
                    .atMost(READ_MAX)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(AT_ONCE)
                    .until(() -> {
                        consumer.poll(POLL).forEach(records::add);
                        return ends.entrySet().stream()
                                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
                    });
            return records;
        }
    }

    /** Tells a history what stands in a topic's partitions now, when nobody sends to it any more. */
    void tellEnd(History<String> history, String topic, int partitionCount) {
        List<ConsumerRecord<String, String>> all = readAll(topic, partitionCount);
        for (int index = 0; index < partitionCount; index++) {
            int partition = index;
            history.atEnd(
                    new io.tailrace.protocol.TopicPartition(topic, partition),
                    all.stream()
                            .filter(record -> record.partition() == partition)
                            .map(record -> new History.Entry<>(record.offset(), record.value()))
                            .toList());
        }
    }

    /** The values that stand in a topic's partition 0 now. */
    List<String> values(String topic) {
        return readAll(topic, 1).stream().map(ConsumerRecord::value).toList();
    }
}
