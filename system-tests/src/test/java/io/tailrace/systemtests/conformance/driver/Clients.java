package io.tailrace.systemtests.conformance.driver;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

/** Clients of one cluster, and what the checks do with them again and again. Not thread-safe. */
final class Clients {
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final long SECONDS_MAX = 120;
    static final Duration POLL = Duration.ofMillis(50);

    private final String bootstrapServers;

    Clients(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** A name that no other check of this process uses. */
    static String name() {
        return "driver-" + ProcessHandle.current().pid() + "-" + NAMES.incrementAndGet();
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers, "default.api.timeout.ms", "120000"));
    }

    /** A producer with the default settings, overridden by pairs of key and value. */
    KafkaProducer<String, String> producer(String... settings) {
        return new KafkaProducer<>(with(settings), new StringSerializer(), new StringSerializer());
    }

    /** A consumer that starts at the beginning of a partition and does not commit by itself. */
    KafkaConsumer<String, String> consumer(String... settings) {
        Map<String, Object> all = with(settings);
        all.putIfAbsent("auto.offset.reset", "earliest");
        all.putIfAbsent("enable.auto.commit", "false");
        return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
    }

    private Map<String, Object> with(String... settings) {
        Map<String, Object> all = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        all.put("bootstrap.servers", bootstrapServers);
        return all;
    }

    /** Creates a topic with one replica for each partition and returns its name, once every broker knows it. */
    String topic(int partitions) throws Exception {
        return topic(partitions, Map.of());
    }

    String topic(int partitions, Map<String, String> configs) throws Exception {
        String topic = name();
        try (Admin admin = admin()) {
            get(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(configs)))
                    .all());
        }
        EveryBroker.awaitTopic(bootstrapServers, topic, partitions);
        return topic;
    }

    /** A topic with one partition on given brokers, the preferred leader first, which every broker knows. */
    TopicPartition placed(List<Integer> brokers) throws Exception {
        String topic = name();
        try (Admin admin = admin()) {
            get(admin.createTopics(List.of(new NewTopic(topic, Map.of(0, brokers))))
                    .all());
        }
        EveryBroker.awaitTopic(bootstrapServers, topic, 1);
        return new TopicPartition(topic, 0);
    }

    /** Sends the numbers from 0 on, round-robin over the first partitions, and returns once all are acknowledged. */
    void send(String topic, int partitions, int count, String... settings) throws Exception {
        sendAll(
                IntStream.range(0, count)
                        .mapToObj(i -> new ProducerRecord<String, String>(
                                topic, i % partitions, "key-" + i, String.valueOf(i)))
                        .toList(),
                settings);
    }

    /** Sends records and returns their metadata once all are acknowledged. */
    List<RecordMetadata> sendAll(List<ProducerRecord<String, String>> records, String... settings) throws Exception {
        List<Future<RecordMetadata>> sends = new ArrayList<>();
        try (KafkaProducer<String, String> producer = producer(settings)) {
            records.forEach(record -> sends.add(producer.send(record)));
        }
        List<RecordMetadata> acknowledged = new ArrayList<>();
        for (Future<RecordMetadata> send : sends) {
            acknowledged.add(get(send));
        }
        return acknowledged;
    }

    /** All records of a topic's first partitions, in offset order within each partition. */
    List<ConsumerRecord<String, String>> read(String topic, int partitions, String... settings) throws Exception {
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        try (KafkaConsumer<String, String> consumer = consumer(settings)) {
            consumer.assign(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            until("the ends " + ends, () -> {
                consumer.poll(POLL).forEach(records::add);
                return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
            });
            return records;
        }
    }

    /** The values of partition 0. */
    List<String> values(String topic) throws Exception {
        return values(read(topic, 1));
    }

    static List<String> values(Collection<ConsumerRecord<String, String>> records) {
        return records.stream().map(ConsumerRecord::value).toList();
    }

    /** The numbers from 0 on, as texts. */
    static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).toList();
    }

    /** Waits for a result. */
    static <T> T get(Future<T> future) throws Exception {
        return future.get(SECONDS_MAX, TimeUnit.SECONDS);
    }

    /**
     * Repeats a check until it passes. A broker other than the one that carried out a change shows it a little later, in
     * Tailrace as in Kafka, and a client asks any of them.
     */
    static void eventually(Check.Body check) throws Exception {
        long start = System.nanoTime();
        while (true) {
            try {
                check.run();
                return;
            } catch (AssertionError | ExecutionException e) {
                if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(SECONDS_MAX)) {
                    throw e;
                }
            }
        }
    }

    /** Evaluates a condition, which itself waits, until it holds. */
    static void until(String what, Callable<Boolean> condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.call()) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(SECONDS_MAX)) {
                throw new AssertionError("waited " + SECONDS_MAX + " s for " + what);
            }
        }
    }
}
