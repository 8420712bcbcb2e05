package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.AddPartitionsToTxnRequest;
import io.tailrace.protocol.message.AddPartitionsToTxnResponse;
import io.tailrace.protocol.message.AddPartitionsToTxnResponse.PartitionResult;
import io.tailrace.protocol.message.EndTxnRequest;
import io.tailrace.protocol.message.EndTxnResponse;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.InitProducerIdResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Transactions of one broker. */
class TransactionsIT {
    private static final int TIMEOUT_MS = 60_000;

    private static BrokerFixture broker;
    private static Admin admin;
    /** Of a topic with three partitions, and a transactional id. */
    private String name;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        broker = new BrokerFixture(directory, Map.of("transaction.state.log.num.partitions", "4"));
        admin = broker.admin();
        FindCoordinatorRequest find =
                new FindCoordinatorRequest("", FindCoordinatorRequest.TRANSACTION, List.of("any"));
        try (RawClient client = new RawClient(broker.port())) {
            await().until(
                            () -> client.call(find, FindCoordinatorResponse.class)
                                    .coordinators()
                                    .get(0),
                            found -> found.errorCode() == ErrorCode.NONE && found.nodeId() == 1);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        admin.close();
        broker.close();
    }

    @BeforeEach
    void createTopic(TestInfo test) throws Exception {
        name = test.getTestMethod().orElseThrow().getName() + "-"
                + Math.floorMod(test.getDisplayName().hashCode(), 1_000);
        admin.createTopics(List.of(new NewTopic(name, 3, (short) 1))).all().get();
    }

    @Test
    void everyPartitionOfATransactionGetsAMarker() throws Exception {
        try (RawClient client = new RawClient(broker.port())) {
            InitProducerIdResponse producer = start(client);
            assertThat(results(client, add(producer, name, 0, 2), (short) 3))
                    .extracting(PartitionResult::partitionErrorCode)
                    .containsOnly(ErrorCode.NONE);
            assertThat(state()).isEqualTo(TransactionState.ONGOING);

            EndTxnRequest commit = new EndTxnRequest(name, producer.producerId(), producer.producerEpoch(), true);
            EndTxnResponse next = client.call(commit, EndTxnResponse.class);

            assertThat(next.errorCode()).isEqualTo(ErrorCode.NONE);
            assertThat(next.producerEpoch()).isEqualTo((short) (producer.producerEpoch() + 1));
            await().until(this::state, TransactionState.COMPLETE_COMMIT::equals);
            assertThat(List.of(end(0), end(1), end(2))).containsExactly(1L, 0L, 1L);
        }
    }

    @Test
    void allPartitionsAreAddedOrNone() throws Exception {
        try (RawClient client = new RawClient(broker.port())) {
            InitProducerIdResponse producer = start(client);

            assertThat(results(client, add(producer, name, 0, 3, -1), (short) 3))
                    .containsExactly(
                            new PartitionResult(0, ErrorCode.OPERATION_NOT_ATTEMPTED),
                            new PartitionResult(3, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION),
                            new PartitionResult(-1, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
            assertThat(state()).isEqualTo(TransactionState.EMPTY);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, INVALID_PRODUCER_EPOCH", "2, PRODUCER_FENCED"})
    void aFencedProducerGetsAnErrorThatItsVersionKnows(short version, ErrorCode expected) throws Exception {
        try (RawClient client = new RawClient(broker.port())) {
            InitProducerIdResponse former = start(client);
            assertThat(start(client).producerEpoch()).isEqualTo((short) (former.producerEpoch() + 1));

            assertThat(results(client, add(former, name, 0), version))
                    .extracting(PartitionResult::partitionErrorCode)
                    .containsExactly(expected);
            EndTxnRequest commit = new EndTxnRequest(name, former.producerId(), former.producerEpoch(), true);
            assertThat(client.call(commit, version, EndTxnResponse.class).errorCode())
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"4, INVALID_TXN_STATE", "5, TRANSACTION_ABORTABLE"})
    void aBrokerLearnsWhetherPartitionsAreInATransaction(short version, ErrorCode expected) throws Exception {
        try (RawClient client = new RawClient(broker.port())) {
            InitProducerIdResponse producer = start(client);
            assertThat(results(client, add(producer, name, 0), (short) 3)).hasSize(1);
            AddPartitionsToTxnRequest verify =
                    new AddPartitionsToTxnRequest(List.of(new AddPartitionsToTxnRequest.Transaction(
                            name,
                            producer.producerId(),
                            producer.producerEpoch(),
                            true,
                            List.of(new AddPartitionsToTxnRequest.Topic(name, List.of(0, 1, 9))))));

            assertThat(client.call(verify, version, AddPartitionsToTxnResponse.class)
                            .resultsByTransaction()
                            .get(0)
                            .topicResults()
                            .get(0)
                            .resultsByPartition())
                    .containsExactly(
                            new PartitionResult(0, ErrorCode.NONE),
                            new PartitionResult(1, expected),
                            new PartitionResult(9, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
        }
    }

    @Test
    void readersOfCommittedRecordsSeeOnlyThose() throws Exception {
        try (KafkaProducer<String, String> producer = broker.producer("transactional.id", name);
                KafkaConsumer<String, String> consumer = broker.consumer("isolation.level", "read_committed")) {
            producer.initTransactions();
            List<String> committed = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                producer.beginTransaction();
                for (int part = 0; part < 3; part++) {
                    String value = i + "-" + part;
                    var unused = producer.send(new ProducerRecord<>(name, part, null, value));
                    if (i % 3 != 1) {
                        committed.add(value);
                    }
                }
                if (i % 3 == 1) {
                    producer.flush();
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }

            consumer.assign(List.of(partition(0), partition(1), partition(2)));
            List<String> read = new ArrayList<>();
            await().until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> read.add(record.value()));
                return read.size() >= committed.size();
            });
            assertThat(read).containsExactlyInAnyOrderElementsOf(committed);
            // Data, and a marker for each transaction.
            await().until(() -> end(0), end -> end == 60);
        }
    }

    @Test
    void aProducerFencesItsPredecessor() throws Exception {
        try (KafkaProducer<String, String> former = broker.producer("transactional.id", name);
                KafkaProducer<String, String> latter = broker.producer("transactional.id", name)) {
            former.initTransactions();
            former.beginTransaction();
            var unused = former.send(new ProducerRecord<>(name, 0, null, "a")).get();

            latter.initTransactions();
            latter.beginTransaction();
            unused = latter.send(new ProducerRecord<>(name, 0, null, "b")).get();
            latter.commitTransaction();

            assertThatThrownBy(former::commitTransaction).isInstanceOf(KafkaException.class);
            // a, its abort, b, its commit
            await().until(() -> end(0), end -> end == 4);
        }
    }

    @Test
    void aTransactionThatTakesTooLongIsAborted() throws Exception {
        try (KafkaProducer<String, String> producer =
                broker.producer("transactional.id", name, "transaction.timeout.ms", "1000")) {
            producer.initTransactions();
            producer.beginTransaction();
            var unused = producer.send(new ProducerRecord<>(name, 0, null, "a")).get();

            await().until(this::state, TransactionState.COMPLETE_ABORT::equals);

            assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
        }
    }

    @Test
    void offsetsAreCommittedWithTheTransaction() throws Exception {
        try (KafkaConsumer<String, String> consumer = broker.consumer("group.id", name);
                KafkaProducer<String, String> producer = broker.producer("transactional.id", name)) {
            producer.initTransactions();
            for (int offset = 1; offset <= 3; offset++) {
                producer.beginTransaction();
                producer.sendOffsetsToTransaction(
                        Map.of(partition(0), new OffsetAndMetadata(offset)), consumer.groupMetadata());
                if (offset == 3) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }

            await().until(
                            () -> admin.listConsumerGroupOffsets(name)
                                    .partitionsToOffsetAndMetadata()
                                    .get(),
                            offsets -> offsets.equals(Map.of(partition(0), new OffsetAndMetadata(2))));
            await().until(this::state, TransactionState.COMPLETE_ABORT::equals);
        }
    }

    @Test
    void clientsAreToldToUseVersion2() throws Exception {
        assertThat(admin.describeFeatures().featureMetadata().get().finalizedFeatures())
                .hasEntrySatisfying("transaction.version", levels -> assertThat(levels.maxVersionLevel())
                        .isEqualTo((short) 2));
    }

    private InitProducerIdResponse start(RawClient client) {
        InitProducerIdRequest init = new InitProducerIdRequest(name, TIMEOUT_MS, -1, (short) -1);
        return await().until(
                        () -> client.call(init, InitProducerIdResponse.class),
                        answer -> answer.errorCode() == ErrorCode.NONE);
    }

    private AddPartitionsToTxnRequest add(InitProducerIdResponse producer, String topic, Integer... partitions) {
        return new AddPartitionsToTxnRequest(
                name,
                producer.producerId(),
                producer.producerEpoch(),
                List.of(new AddPartitionsToTxnRequest.Topic(topic, List.of(partitions))));
    }

    private static List<PartitionResult> results(RawClient client, AddPartitionsToTxnRequest request, short version)
            throws Exception {
        return client.call(request, version, AddPartitionsToTxnResponse.class)
                .resultsByTopic()
                .get(0)
                .resultsByPartition();
    }

    private TransactionState state() throws Exception {
        return admin.describeTransactions(List.of(name)).description(name).get().state();
    }

    private TopicPartition partition(int index) {
        return new TopicPartition(name, index);
    }

    private long end(int partition) throws Exception {
        TopicPartition id = partition(partition);
        return admin.listOffsets(Map.of(id, OffsetSpec.latest()))
                .partitionResult(id)
                .get()
                .offset();
    }
}
