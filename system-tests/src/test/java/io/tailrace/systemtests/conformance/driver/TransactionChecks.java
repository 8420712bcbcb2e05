package io.tailrace.systemtests.conformance.driver;

import static io.tailrace.systemtests.conformance.driver.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;

/** Transactions of the producer, their readers, and what administrators see of them. */
final class TransactionChecks {
    private static final String[] COMMITTED = {"isolation.level", "read_committed"};
    private static final int PARTITIONS = 3;

    private final Clients clients;

    TransactionChecks(Clients clients) {
        this.clients = clients;
    }

    List<Check> all() {
        return List.of(
                Check.of("transactions: commit and abort over partitions", this::commitAndAbort),
                Check.of("transactions: readers of committed records stop at an open one", this::open),
                Check.of("transactions: without records", this::empty),
                Check.of("transactions: consume, process, produce (sendOffsetsToTransaction)", this::offsets),
                Check.of("transactions: initTransactions aborts and fences an earlier producer", this::fenced),
                Check.of("transactions: transaction.timeout.ms", this::timeout),
                Check.of("transactions: admin describeTransactions, listTransactions", this::describe),
                Check.of("transactions: admin describeProducers, abortTransaction", this::abortByAdmin),
                Check.of("transactions: admin fenceProducers", this::fenceByAdmin));
    }

    private KafkaProducer<String, String> producer(String id, String... settings) {
        String[] all = new String[settings.length + 2];
        System.arraycopy(settings, 0, all, 2, settings.length);
        all[0] = "transactional.id";
        all[1] = id;
        return clients.producer(all);
    }

    private static void send(KafkaProducer<String, String> producer, String topic, int from, int to) {
        for (int i = from; i < to; i++) {
            var unused = producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, String.valueOf(i)));
        }
    }

    private List<String> committed(String topic) throws Exception {
        return Clients.values(clients.read(topic, PARTITIONS, COMMITTED));
    }

    /** A commit is answered once it is decided, which readers see a little later. */
    private void awaitCommitted(String topic, List<String> values) throws Exception {
        Clients.eventually(() -> assertThat(committed(topic)).containsExactlyInAnyOrderElementsOf(values));
    }

    /** The producer has lost its id, and can neither send nor commit. */
    private static void assertFenced(KafkaProducer<String, String> producer, String topic) {
        assertThatThrownBy(() -> {
                    get(producer.send(new ProducerRecord<>(topic, 0, null, "late")));
                    producer.commitTransaction();
                })
                .satisfies(failure -> assertThat(Stream.iterate(failure, Objects::nonNull, Throwable::getCause))
                        .anyMatch(cause -> cause instanceof ProducerFencedException
                                || cause instanceof InvalidProducerEpochException));
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(String::valueOf).toList();
    }

    private void commitAndAbort() throws Exception {
        String topic = clients.topic(PARTITIONS);
        try (KafkaProducer<String, String> producer = producer(topic)) {
            producer.initTransactions();
            for (int round = 0; round < 10; round++) {
                producer.beginTransaction();
                send(producer, topic, round * 100, round * 100 + 100);
                if (round % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
        }
        List<String> expected = IntStream.range(0, 1_000)
                .filter(i -> i / 100 % 2 == 0)
                .mapToObj(String::valueOf)
                .toList();
        // An abort discards what is not sent yet, so that readers of all records may find fewer.
        awaitCommitted(topic, expected);
        assertThat(Clients.values(clients.read(topic, PARTITIONS)))
                .containsAll(expected)
                .doesNotHaveDuplicates();
    }

    private void open() throws Exception {
        String topic = clients.topic(PARTITIONS);
        List<TopicPartition> first = List.of(new TopicPartition(topic, 0));
        try (KafkaProducer<String, String> producer = producer(topic);
                KafkaConsumer<String, String> consumer = clients.consumer(COMMITTED)) {
            producer.initTransactions();
            producer.beginTransaction();
            get(producer.send(new ProducerRecord<>(topic, 0, null, "in it")));
            clients.send(topic, 1, 5);
            assertThat(clients.values(topic)).hasSize(6);
            assertThat(consumer.endOffsets(first)).containsEntry(first.get(0), 0L);
            assertThat(committed(topic)).isEmpty();
            producer.commitTransaction();
            Clients.eventually(() -> assertThat(committed(topic)).containsExactly("in it", "0", "1", "2", "3", "4"));
        }
    }

    private void empty() throws Exception {
        String topic = clients.topic(PARTITIONS);
        try (KafkaProducer<String, String> producer = producer(topic)) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.commitTransaction();
            producer.beginTransaction();
            producer.abortTransaction();
            producer.beginTransaction();
            send(producer, topic, 0, 10);
            producer.commitTransaction();
        }
        awaitCommitted(topic, numbers(0, 10));
    }

    private void offsets() throws Exception {
        String input = clients.topic(1);
        String output = clients.topic(PARTITIONS);
        TopicPartition from = new TopicPartition(input, 0);
        clients.send(input, 1, 20);
        try (KafkaProducer<String, String> producer = producer(output);
                Member member = new Member(clients, input, "isolation.level", "read_committed").subscribed(input)) {
            producer.initTransactions();
            Member.pollUntilRead(20, member);
            producer.beginTransaction();
            send(producer, output, 0, 10);
            producer.sendOffsetsToTransaction(Map.of(from, new OffsetAndMetadata(10)), member.consumer.groupMetadata());
            producer.commitTransaction();
            producer.beginTransaction();
            send(producer, output, 10, 20);
            producer.sendOffsetsToTransaction(Map.of(from, new OffsetAndMetadata(20)), member.consumer.groupMetadata());
            producer.abortTransaction();
            Clients.eventually(() ->
                    assertThat(member.consumer.committed(Set.of(from))).containsEntry(from, new OffsetAndMetadata(10)));
        }
        awaitCommitted(output, numbers(0, 10));
    }

    private void fenced() throws Exception {
        String topic = clients.topic(PARTITIONS);
        try (KafkaProducer<String, String> zombie = producer(topic);
                KafkaProducer<String, String> successor = producer(topic)) {
            zombie.initTransactions();
            zombie.beginTransaction();
            get(zombie.send(new ProducerRecord<>(topic, 0, null, "of the zombie")));
            successor.initTransactions();
            successor.beginTransaction();
            send(successor, topic, 0, 10);
            successor.commitTransaction();
            assertFenced(zombie, topic);
        }
        awaitCommitted(topic, numbers(0, 10));
    }

    private void timeout() throws Exception {
        String topic = clients.topic(PARTITIONS);
        try (KafkaProducer<String, String> producer = producer(topic, "transaction.timeout.ms", "1000")) {
            producer.initTransactions();
            producer.beginTransaction();
            get(producer.send(new ProducerRecord<>(topic, 0, null, "too slow")));
            clients.send(topic, 1, 5);
            Clients.eventually(() -> assertThat(committed(topic)).hasSize(5));
            assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
        }
    }

    private void describe() throws Exception {
        String topic = clients.topic(PARTITIONS);
        try (KafkaProducer<String, String> producer = producer(topic, "transaction.timeout.ms", "50000");
                Admin admin = clients.admin()) {
            producer.initTransactions();
            producer.beginTransaction();
            get(producer.send(new ProducerRecord<>(topic, 1, null, "v")));
            TransactionDescription found =
                    get(admin.describeTransactions(List.of(topic)).description(topic));
            assertThat(found.state()).isEqualTo(TransactionState.ONGOING);
            assertThat(found.topicPartitions()).containsExactly(new TopicPartition(topic, 1));
            assertThat(found.transactionTimeoutMs()).isEqualTo(50_000);
            assertThat(get(admin.listTransactions().all()))
                    .contains(new TransactionListing(topic, found.producerId(), TransactionState.ONGOING));
            producer.commitTransaction();
            Clients.eventually(() -> assertThat(
                            get(admin.describeTransactions(List.of(topic)).description(topic))
                                    .state())
                    .isEqualTo(TransactionState.COMPLETE_COMMIT));
        }
    }

    private void abortByAdmin() throws Exception {
        String topic = clients.topic(PARTITIONS);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaProducer<String, String> producer = producer(topic);
                Admin admin = clients.admin()) {
            producer.initTransactions();
            producer.beginTransaction();
            get(producer.send(new ProducerRecord<>(topic, 0, null, "v")));
            ProducerState state = get(admin.describeProducers(List.of(partition))
                            .partitionResult(partition))
                    .activeProducers()
                    .get(0);
            assertThat(state.currentTransactionStartOffset()).hasValue(0);
            assertThat(state.lastSequence()).isZero();
            clients.send(topic, 1, 5);
            // The coordinator does not know of this abort, as with a transaction that it has forgotten.
            get(admin.abortTransaction(
                            new AbortTransactionSpec(partition, state.producerId(), (short) state.producerEpoch(), 0))
                    .all());
            Clients.eventually(() -> assertThat(
                            get(admin.describeProducers(List.of(partition)).partitionResult(partition))
                                    .activeProducers()
                                    .get(0)
                                    .currentTransactionStartOffset())
                    .isEmpty());
        }
        awaitCommitted(topic, numbers(0, 5));
    }

    private void fenceByAdmin() throws Exception {
        String topic = clients.topic(PARTITIONS);
        try (KafkaProducer<String, String> producer = producer(topic);
                Admin admin = clients.admin()) {
            producer.initTransactions();
            producer.beginTransaction();
            get(producer.send(new ProducerRecord<>(topic, 0, null, "v")));
            clients.send(topic, 1, 5);
            // Version 3.4.1 does not try again while the transaction that it aborts is not complete.
            Clients.eventually(() -> get(admin.fenceProducers(List.of(topic)).all()));
            assertFenced(producer, topic);
        }
        awaitCommitted(topic, numbers(0, 5));
    }
}
