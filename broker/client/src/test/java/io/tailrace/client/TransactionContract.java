package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.testing.WaitLimit;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The contract of transactions, run against every kind of broker. */
@SuppressWarnings("NullAway.Init") // fields are set before each test
public abstract class TransactionContract {
    private static final int PARTITIONS = 3;

    private ClusterAdmin admin;
    private String topic;
    private String id;

    /** The brokers to run against. */
    protected abstract String bootstrapServers();

    @BeforeEach
    void connect() {
        admin = ClusterAdmin.create(ClientConfig.of(bootstrapServers()));
        topic = "transactions-" + UUID.randomUUID();
        id = "id-" + topic;
        admin.createTopic(new NewTopic(
                topic, OptionalInt.of(PARTITIONS), OptionalInt.of(1), Map.of("max.message.bytes", "2000")));
    }

    @AfterEach
    void disconnect() {
        admin.close();
    }

    private TransactionalProducer producer() {
        TransactionalProducer producer = TransactionalProducer.create(ProducerConfig.builder(bootstrapServers())
                .transactionalId(id)
                .lingerMs(20)
                .build());
        done(producer.initTransactions());
        return producer;
    }

    private static <T> T done(CompletableFuture<T> future) {
        return future.orTimeout(WaitLimit.WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private TopicPartition partition(int index) {
        return new TopicPartition(topic, index);
    }

    private CompletableFuture<RecordMetadata> send(Producer producer, int partition, String value) {
        return producer.send(new ProducerRecord(
                topic,
                OptionalInt.of(partition),
                OptionalLong.empty(),
                null,
                value.getBytes(StandardCharsets.UTF_8),
                List.of()));
    }

    private void sendLater(Producer producer, int partition, String value) {
        CompletableFuture<RecordMetadata> unused = send(producer, partition, value);
    }

    private List<String> read(IsolationLevel isolation, int count) {
        try (Consumer consumer = Consumer.create(ConsumerConfig.builder(bootstrapServers())
                .offsetReset(OffsetReset.EARLIEST)
                .isolation(isolation)
                .build())) {
            consumer.assign(List.of(partition(0), partition(1), partition(2)));
            return ClientContract.read(consumer, count).stream()
                    .map(record ->
                            new String(record.value() == null ? new byte[0] : record.value(), StandardCharsets.UTF_8))
                    .toList();
        }
    }

    @Test
    void recordsOfCommittedTransactionsAreVisibleInOrderAndOfAbortedOnesNot() {
        List<String> committed = new ArrayList<>();
        int sent = 0;
        try (TransactionalProducer producer = producer()) {
            for (int i = 0; i < 20; i++) {
                producer.begin();
                boolean commit = i % 4 != 1;
                for (int r = 0; r < 5; r++) {
                    sendLater(producer, 0, i + "-" + r);
                    sendLater(producer, 1 + r % 2, i + "-other-" + r);
                    sent += 2;
                    if (commit) {
                        committed.add(i + "-" + r);
                    }
                }
                if (!commit) {
                    producer.flush(WaitLimit.WAIT_MAX);
                }
                done(commit ? producer.commit() : producer.abort());
            }
        }
        List<String> read = read(IsolationLevel.READ_COMMITTED, committed.size() * 2);
        assertThat(read).hasSize(committed.size() * 2);
        assertThat(read.stream().filter(value -> !value.contains("other"))).containsExactlyElementsOf(committed);
        assertThat(read(IsolationLevel.READ_UNCOMMITTED, sent)).hasSize(sent);
    }

    @Test
    void endOfCommittedReadsIsBeforeTheOpenTransaction() {
        try (TransactionalProducer producer = producer()) {
            producer.begin();
            done(send(producer, 0, "a"));
            done(producer.commit());
            await().atMost(WaitLimit.WAIT_MAX).until(() -> end(IsolationLevel.READ_COMMITTED), end -> end == 2);
            producer.begin();
            done(send(producer, 0, "b"));
            assertThat(end(IsolationLevel.READ_COMMITTED)).isEqualTo(2);
            assertThat(end(IsolationLevel.READ_UNCOMMITTED)).isEqualTo(3);
            done(producer.commit());
            await().atMost(WaitLimit.WAIT_MAX).until(() -> end(IsolationLevel.READ_COMMITTED), end -> end == 4);
        }
    }

    private long end(IsolationLevel isolation) {
        return admin.latestOffsets(List.of(partition(0)), isolation).getOrDefault(partition(0), -1L);
    }

    @Test
    void refusedRecordsLeaveTheRestOfTheTransactionAsItIs() {
        try (TransactionalProducer producer = producer()) {
            producer.begin();
            done(send(producer, 0, "before"));
            CompletableFuture<RecordMetadata> refused = send(producer, 0, "x".repeat(3_000));
            CompletableFuture<Void> accepted = refused.handle((done, failure) -> {
                producer.acceptRefusal((RecordsRefusedException) failure);
                return null;
            });
            done(accepted);
            sendLater(producer, 0, "after");
            done(producer.commit());

            producer.begin();
            CompletableFuture<RecordMetadata> second = send(producer, 0, "x".repeat(3_000));
            assertThatThrownBy(() -> done(second)).hasCauseInstanceOf(RecordsRefusedException.class);
            assertThatThrownBy(() -> done(producer.commit())).hasRootCauseInstanceOf(RecordsRefusedException.class);
            done(producer.abort());
            producer.begin();
            sendLater(producer, 0, "last");
            done(producer.commit());
        }
        assertThat(read(IsolationLevel.READ_COMMITTED, 3)).containsExactly("before", "after", "last");
    }

    @Test
    void laterProducerOfTheIdFencesTheEarlierOne() {
        try (TransactionalProducer first = producer()) {
            first.begin();
            done(send(first, 0, "lost"));
            try (TransactionalProducer second = producer()) {
                assertThat(Retry.errorOf(failureOf(first.commit())))
                        .isIn(ErrorCode.PRODUCER_FENCED, ErrorCode.INVALID_PRODUCER_EPOCH);
                second.begin();
                done(send(second, 0, "kept"));
                done(second.commit());
            }
            done(first.initTransactions());
            first.begin();
            done(send(first, 0, "again"));
            done(first.commit());
        }
        assertThat(read(IsolationLevel.READ_COMMITTED, 2)).containsExactly("kept", "again");
    }

    private static Throwable failureOf(CompletableFuture<?> future) {
        return done(future.handle((done, failure) -> failure));
    }

    @Test
    void offsetsOfAGroupAreCommittedWithTheTransaction() {
        String group = "group-" + topic;
        try (TransactionalProducer producer = producer();
                GroupAdmin groups = GroupAdmin.create(ClientConfig.of(bootstrapServers()))) {
            producer.begin();
            done(send(producer, 0, "a"));
            done(producer.sendOffsets(group, Map.of(partition(0), 5L)));
            done(producer.abort());
            producer.begin();
            done(send(producer, 0, "b"));
            CompletableFuture<Void> sent = producer.sendOffsets(group, Map.of(partition(0), 7L));
            done(producer.commit());
            assertThat(sent).isCompleted();
            await().atMost(WaitLimit.WAIT_MAX).until(() -> groups.committed(group), Map.of(partition(0), 7L)::equals);
        }
    }

    @Test
    void transactionsAndProducersAreDescribed() {
        try (TransactionalProducer producer = producer();
                TransactionAdmin transactions = TransactionAdmin.create(ClientConfig.of(bootstrapServers()))) {
            producer.begin();
            done(send(producer, 1, "a"));
            TransactionDescription open = transactions.describe(id).orElseThrow();
            assertThat(open.state()).isEqualTo("Ongoing");
            assertThat(open.partitions()).containsExactly(partition(1));
            assertThat(transactions.transactions())
                    .filteredOn(each -> each.transactionalId().equals(id))
                    .extracting(TransactionListing::producerId)
                    .containsExactly(open.producerId());
            assertThat(transactions.producers(List.of(partition(1))).getOrDefault(partition(1), List.of()))
                    .extracting(ProducerDescription::producerId, ProducerDescription::transactionStart)
                    .containsExactly(tuple(open.producerId(), OptionalLong.of(0)));
            done(producer.commit());
            await().atMost(WaitLimit.WAIT_MAX)
                    .until(
                            () -> transactions.describe(id).map(TransactionDescription::state),
                            Optional.of("CompleteCommit")::equals);
            assertThat(transactions.describe("none-" + id)).isEmpty();
            assertThat(transactions.transactionVersion()).isEqualTo(TransactionalProducer.VERSION_MIN);
        }
    }

    @Test
    void hangingTransactionIsAbortedInItsPartition() {
        try (TransactionalProducer producer = producer();
                TransactionAdmin transactions = TransactionAdmin.create(ClientConfig.of(bootstrapServers()))) {
            producer.begin();
            done(send(producer, 0, "a"));
            ProducerDescription open = transactions
                    .producers(List.of(partition(0)))
                    .getOrDefault(partition(0), List.of())
                    .get(0);
            transactions.abort(partition(0), open);
            await().atMost(WaitLimit.WAIT_MAX).until(() -> end(IsolationLevel.READ_COMMITTED), end -> end == 2);
            done(producer.abort());
        }
    }
}
