package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions of an unmodified client while their coordinator, which also leads partitions, is killed. */
class TransactionFailoverIT {
    private static final String TOPIC = "web";
    private static final String ID = "a";
    private static final int PARTITIONS = 3;
    private static final int KILLS = 2;
    private static final Map<String, ?> SETTINGS =
            Map.of("transaction.state.log.num.partitions", 3, "min.insync.replicas", 2);

    private final Set<String> committed = ConcurrentHashMap.newKeySet();
    private final Set<String> aborted = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isStopped = new AtomicBoolean();

    @Test
    void everyTransactionIsThereWhollyOrNotAtAll(@TempDir Path directory) throws Exception {
        try (ThreeBrokers brokers = new ThreeBrokers(directory, SETTINGS);
                Admin admin = Admin.create(Map.of("bootstrap.servers", brokers.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 3)))
                    .all()
                    .get();
            Thread producing = new Thread(() -> produce(brokers.bootstrap()), "produces");
            producing.start();
            try {
                for (int i = 1; i <= KILLS; i++) {
                    awaitCommitted(committed.size() + 10);
                    int coordinator = admin.describeTransactions(List.of(ID))
                            .description(ID)
                            .get()
                            .coordinatorId();
                    brokers.kill(coordinator);
                    awaitCommitted(committed.size() + 10);
                    brokers.start(coordinator);
                }
                awaitCommitted(committed.size() + 10);
            } finally {
                isStopped.set(true);
                producing.join();
            }

            Map<String, Integer> seen = read(brokers.bootstrap(), admin);
            assertThat(seen.keySet()).containsAll(committed).doesNotContainAnyElementsOf(aborted);
            assertThat(seen.values()).as("each value is in each partition once").containsOnly(PARTITIONS);
        }
    }

    private void awaitCommitted(int count) {
        await().atMost(Duration.ofMinutes(3)).until(() -> committed.size() >= count);
    }

    /** A producer that cannot go on is replaced by a new one, which fences it. */
    private void produce(String bootstrap) {
        int next = 0;
        while (!isStopped.get()) {
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", bootstrap, "transactional.id", ID),
                    new StringSerializer(),
                    new StringSerializer())) {
                producer.initTransactions();
                while (!isStopped.get()) {
                    transact(producer, next++);
                }
            } catch (KafkaException e) {
                // The outcome of the last transaction is unknown.
            }
        }
    }

    private void transact(KafkaProducer<String, String> producer, int number) {
        String value = String.valueOf(number);
        producer.beginTransaction();
        for (int i = 0; i < PARTITIONS; i++) {
            var unused = producer.send(new ProducerRecord<>(TOPIC, i, null, value));
        }
        if (number % 3 == 0) {
            aborted.add(value);
            producer.flush();
            producer.abortTransaction();
            return;
        }
        while (true) {
            try {
                producer.commitTransaction();
                committed.add(value);
                return;
            } catch (TimeoutException e) {
                // To be repeated, says the client's documentation.
            }
        }
    }

    private static Map<String, Integer> read(String bootstrap, Admin admin) throws Exception {
        List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(index -> new TopicPartition(TOPIC, index))
                .toList();
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        partitions.forEach(each -> latest.put(each, OffsetSpec.latest()));
        Map<String, Integer> seen = new HashMap<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(partitions);
            List<String> values = new ArrayList<>();
            await().atMost(Duration.ofMinutes(2)).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
                // By the uncommitted end: no transaction stays open.
                return admin.listOffsets(latest).all().get().entrySet().stream()
                        .allMatch(end -> consumer.position(end.getKey())
                                == end.getValue().offset());
            });
            values.forEach(value -> seen.merge(value, 1, Integer::sum));
        }
        return seen;
    }
}
