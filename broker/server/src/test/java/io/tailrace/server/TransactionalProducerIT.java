package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ClientException;
import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerConfig;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.IsolationLevel;
import io.tailrace.client.OffsetReset;
import io.tailrace.client.ProducerConfig;
import io.tailrace.client.ProducerRecord;
import io.tailrace.client.RecordMetadata;
import io.tailrace.client.TransactionalProducer;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.testing.WaitLimit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our transactional producer with brokers that are killed: its coordinator, and the leaders of its partitions. */
class TransactionalProducerIT {
    private static final String TOPIC = "web";
    private static final String ID = "agent-1";
    private static final int PARTITIONS = 3;
    private static final int TRANSACTIONS = 60;
    private static final Map<String, ?> SETTINGS = Map.of(
            "transaction.state.log.num.partitions", 4,
            "transaction.state.log.replication.factor", 3,
            "transaction.state.log.min.isr", 2,
            "min.insync.replicas", 2);

    @Test
    void eachTransactionIsVisibleAsItEndedThoughEveryBrokerIsKilled(@TempDir Path directory) throws Exception {
        try (ThreeBrokers brokers = new ThreeBrokers(directory, SETTINGS);
                Admin admin = Admin.create(Map.of("bootstrap.servers", brokers.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 3)))
                    .all()
                    .get();
            List<String> committed = new ArrayList<>();
            try (TransactionalProducer producer =
                    TransactionalProducer.create(ProducerConfig.builder(brokers.bootstrap())
                            .transactionalId(ID)
                            .deliveryTimeoutMs(ProducerConfig.NO_DELIVERY_TIMEOUT)
                            .transactionTimeoutMs(300_000)
                            .build())) {
                done(producer.initTransactions());
                int killed = 0;
                for (int i = 0; i < TRANSACTIONS; i++) {
                    boolean commit = i % 5 != 3;
                    CompletableFuture<Void> end = transact(producer, i, commit);
                    if (i % 20 == 10) {
                        // In the midst of the end of a transaction, at its coordinator.
                        killed = coordinator(admin);
                        brokers.kill(killed);
                    }
                    done(end);
                    for (int r = 0; commit && r < PARTITIONS; r++) {
                        committed.add(i + "-" + r);
                    }
                    if (i % 20 == 15) {
                        brokers.start(killed);
                    }
                }
            }
            List<ConsumerRecord> read = read(brokers.bootstrap(), committed.size());
            assertThat(read)
                    .as("records: %s", read)
                    .extracting(record -> new String(Objects.requireNonNull(record.value()), StandardCharsets.UTF_8))
                    .containsExactlyInAnyOrderElementsOf(committed);
        }
    }

    private static CompletableFuture<Void> transact(TransactionalProducer producer, int number, boolean commit) {
        producer.begin();
        List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
        for (int r = 0; r < PARTITIONS; r++) {
            sent.add(producer.send(new ProducerRecord(
                    TOPIC,
                    OptionalInt.of(r),
                    OptionalLong.empty(),
                    null,
                    (number + "-" + r).getBytes(StandardCharsets.UTF_8),
                    List.of())));
        }
        if (commit) {
            return producer.commit();
        }
        sent.forEach(TransactionalProducerIT::done);
        return producer.abort();
    }

    private static <T> T done(CompletableFuture<T> future) {
        try {
            return future.orTimeout(WaitLimit.WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof ClientException failure ? failure : e;
        }
    }

    private static int coordinator(Admin admin) throws Exception {
        return Objects.requireNonNull(
                        admin.describeTransactions(List.of(ID)).all().get().get(ID))
                .coordinatorId();
    }

    private static List<ConsumerRecord> read(String bootstrap, int count) {
        List<ConsumerRecord> records = new ArrayList<>();
        try (Consumer consumer = Consumer.create(ConsumerConfig.builder(bootstrap)
                .offsetReset(OffsetReset.EARLIEST)
                .isolation(IsolationLevel.READ_COMMITTED)
                .build())) {
            consumer.assign(
                    List.of(new TopicPartition(TOPIC, 0), new TopicPartition(TOPIC, 1), new TopicPartition(TOPIC, 2)));
            long deadlineNanos = System.nanoTime() + WaitLimit.WAIT_MAX.toNanos();
            while (records.size() < count && System.nanoTime() < deadlineNanos) {
                records.addAll(consumer.poll(Duration.ofMillis(200)));
            }
        }
        return records;
    }
}
