package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.AddPartitionsToTxnRequest;
import io.tailrace.protocol.message.AddPartitionsToTxnResponse;
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
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions of one broker. */
class TransactionsIT {
    private static final String TOPIC = "web";
    private static final String ID = "a";
    private static final int TIMEOUT_MS = 60_000;

    @Test
    void everyPartitionOfATransactionGetsAMarker(@TempDir Path directory) throws Exception {
        try (BrokerFixture broker = new BrokerFixture(directory, Map.of("transaction.state.log.num.partitions", "4"));
                Admin admin = broker.admin();
                RawClient client = new RawClient(broker.port())) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 3, (short) 1))).all().get();
            FindCoordinatorRequest find =
                    new FindCoordinatorRequest("", FindCoordinatorRequest.TRANSACTION, List.of(ID));
            assertThat(client.call(find, FindCoordinatorResponse.class)
                            .coordinators()
                            .get(0)
                            .nodeId())
                    .isEqualTo(1);
            InitProducerIdResponse producer = start(client);
            AddPartitionsToTxnRequest add = new AddPartitionsToTxnRequest(
                    ID,
                    producer.producerId(),
                    producer.producerEpoch(),
                    List.of(new AddPartitionsToTxnRequest.Topic(TOPIC, List.of(0, 2))));
            assertThat(client.call(add, AddPartitionsToTxnResponse.class)
                            .resultsByTopic()
                            .get(0)
                            .resultsByPartition())
                    .extracting(AddPartitionsToTxnResponse.PartitionResult::partitionErrorCode)
                    .containsOnly(ErrorCode.NONE);
            assertThat(state(admin)).isEqualTo(TransactionState.ONGOING);

            EndTxnRequest commit = new EndTxnRequest(ID, producer.producerId(), producer.producerEpoch(), true);
            EndTxnResponse next = client.call(commit, EndTxnResponse.class);

            assertThat(next.errorCode()).isEqualTo(ErrorCode.NONE);
            assertThat(next.producerEpoch()).isEqualTo((short) (producer.producerEpoch() + 1));
            await().until(() -> state(admin), TransactionState.COMPLETE_COMMIT::equals);
            assertThat(List.of(end(admin, 0), end(admin, 1), end(admin, 2))).containsExactly(1L, 0L, 1L);
        }
    }

    @Test
    void readersOfCommittedRecordsSeeOnlyThose(@TempDir Path directory) throws Exception {
        try (BrokerFixture broker = new BrokerFixture(directory, Map.of("transaction.state.log.num.partitions", "4"));
                Admin admin = broker.admin();
                KafkaProducer<String, String> producer = broker.producer("transactional.id", ID);
                KafkaConsumer<String, String> consumer = broker.consumer("isolation.level", "read_committed")) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 3, (short) 1))).all().get();
            producer.initTransactions();
            List<String> committed = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                producer.beginTransaction();
                for (int part = 0; part < 3; part++) {
                    String value = i + "-" + part;
                    var unused = producer.send(new ProducerRecord<>(TOPIC, part, null, value));
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
            assertThat(end(admin, 0)).isEqualTo(60);
        }
    }

    @Test
    void aProducerFencesItsPredecessor(@TempDir Path directory) throws Exception {
        try (BrokerFixture broker = new BrokerFixture(directory, Map.of("transaction.state.log.num.partitions", "4"));
                Admin admin = broker.admin();
                KafkaProducer<String, String> former = broker.producer("transactional.id", ID);
                KafkaProducer<String, String> latter = broker.producer("transactional.id", ID)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
            former.initTransactions();
            former.beginTransaction();
            var unused = former.send(new ProducerRecord<>(TOPIC, "a")).get();

            latter.initTransactions();
            latter.beginTransaction();
            unused = latter.send(new ProducerRecord<>(TOPIC, "b")).get();
            latter.commitTransaction();

            assertThatThrownBy(former::commitTransaction)
                    .isInstanceOfAny(ProducerFencedException.class, InvalidProducerEpochException.class);
            // a, its abort, b, its commit
            await().until(() -> end(admin, 0), end -> end == 4);
        }
    }

    @Test
    void offsetsAreCommittedWithTheTransaction(@TempDir Path directory) throws Exception {
        try (BrokerFixture broker = new BrokerFixture(directory, Map.of("transaction.state.log.num.partitions", "4"));
                Admin admin = broker.admin();
                KafkaConsumer<String, String> consumer = broker.consumer("group.id", "g");
                KafkaProducer<String, String> producer = broker.producer("transactional.id", ID)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
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
                            () -> admin.listConsumerGroupOffsets("g")
                                    .partitionsToOffsetAndMetadata()
                                    .get(),
                            offsets -> offsets.equals(Map.of(partition(0), new OffsetAndMetadata(2))));
            await().until(() -> state(admin), TransactionState.COMPLETE_ABORT::equals);
        }
    }

    private static TopicPartition partition(int index) {
        return new TopicPartition(TOPIC, index);
    }

    private static InitProducerIdResponse start(RawClient client) {
        InitProducerIdRequest init = new InitProducerIdRequest(ID, TIMEOUT_MS, -1, (short) -1);
        return await().until(
                        () -> client.call(init, InitProducerIdResponse.class),
                        answer -> answer.errorCode() == ErrorCode.NONE);
    }

    private static TransactionState state(Admin admin) throws Exception {
        return admin.describeTransactions(List.of(ID)).description(ID).get().state();
    }

    private static long end(Admin admin, int partition) throws Exception {
        TopicPartition id = partition(partition);
        return admin.listOffsets(Map.of(id, OffsetSpec.latest()))
                .partitionResult(id)
                .get()
                .offset();
    }
}
