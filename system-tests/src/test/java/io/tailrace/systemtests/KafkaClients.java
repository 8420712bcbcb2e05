package io.tailrace.systemtests;

import static org.awaitility.Awaitility.await;

import io.tailrace.replication.history.History;
import io.tailrace.systemtests.conformance.driver.EveryBroker;
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
 * Apache Kafka's own clients, unmodified, connected to a test's cluster.
 *
 * @param bootstrapServers called for each client, since a cluster has no addresses before it starts
 */
public record KafkaClients(Supplier<String> bootstrapServers) {
    private static final Duration POLL = Duration.ofMillis(100);
    /** Any longer, and reading back half an hour of records would take more than half an hour. */
    private static final Duration POLL_INTERVAL = Duration.ofMillis(1);

    /** A producer with the default settings (idempotent, {@code acks=all}), overridden by {@code settings}. */
    public KafkaProducer<String, String> producer(Map<String, Object> settings) {
        return new KafkaProducer<>(with(settings), new StringSerializer(), new StringSerializer());
    }

    /** A consumer that starts at the beginning of a partition and does not commit by itself. */
    public KafkaConsumer<String, String> consumer(Map<String, Object> settings) {
        Map<String, Object> all = with(settings);
        all.putIfAbsent("auto.offset.reset", "earliest");
        all.putIfAbsent("enable.auto.commit", false);
        return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
    }

    public Admin admin() {
        return admin(Map.of("default.api.timeout.ms", 60_000));
    }

    public Admin admin(Map<String, Object> settings) {
        return Admin.create(with(settings));
    }

    private Map<String, Object> with(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("bootstrap.servers", bootstrapServers.get());
        return all;
    }

    /** Creates a topic with one replica, and waits until every broker knows it. */
    public void createTopic(String topic, int partitions) throws Exception {
        createTopic(topic, partitions, 1);
    }

    /** Creates a topic, and waits until every broker knows it. */
    public void createTopic(String topic, int partitions, int replicas) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) replicas)))
                    .all()
                    .get();
        }
        EveryBroker.awaitTopic(bootstrapServers.get(), topic, partitions);
    }

    /** Sends values to partition 0 and returns their metadata once all are acknowledged. */
    public List<RecordMetadata> send(String topic, List<String> values, Map<String, Object> settings) throws Exception {
        return send(values.stream().map(value -> placed(topic, 0, value)).toList(), settings);
    }

    /** Sends records and returns their metadata once all are acknowledged. */
    public List<RecordMetadata> send(Collection<ProducerRecord<String, String>> records, Map<String, Object> settings)
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

    /** A record whose partition follows from its key. */
    static ProducerRecord<String, String> keyed(String topic, String key, String value) {
        return new ProducerRecord<>(topic, key, value);
    }

    /** All records of a topic's first partitions, in offset order within each partition. */
    List<ConsumerRecord<String, String>> readAll(String topic, int partitionCount) {
        return readAll(topic, partitionCount, Map.of());
    }

    private List<ConsumerRecord<String, String>> readAll(
            String topic, int partitionCount, Map<String, Object> settings) {
        List<TopicPartition> partitions = IntStream.range(0, partitionCount)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        try (KafkaConsumer<String, String> consumer = consumer(settings)) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            await("the ends " + ends)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(POLL_INTERVAL)
                    .until(() -> {
                        consumer.poll(POLL).forEach(records::add);
                        return ends.entrySet().stream()
                                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
                    });
            return records;
        }
    }

    /** Records the final contents of a topic's partitions in a history. Producers must have stopped. */
    void recordEnd(History<String> history, String topic, int partitionCount) {
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

    /** The committed values in partition 0 of a topic, up to the first open transaction. */
    public List<String> committed(String topic) {
        return readAll(topic, 1, Map.of("isolation.level", "read_committed")).stream()
                .map(ConsumerRecord::value)
                .toList();
    }

    /** The values in partition 0 of a topic. */
    public List<String> values(String topic) {
        return readAll(topic, 1).stream().map(ConsumerRecord::value).toList();
    }
}
