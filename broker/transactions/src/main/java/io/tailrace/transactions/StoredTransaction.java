package io.tailrace.transactions;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.codec.TransactionRecords;
import io.tailrace.protocol.transaction.TransactionLogKey;
import io.tailrace.protocol.transaction.TransactionLogValue;
import io.tailrace.shard.StoredRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Transactions as records. */
final class StoredTransaction {
    private static final short NO_EPOCH = -1;

    private StoredTransaction() {}

    /** The record that stores the state of a transactional id. */
    static StoredRecord record(String transactionalId, Transaction transaction) {
        return new StoredRecord(key(transactionalId), TransactionRecords.encodeValue(value(transaction)));
    }

    /** The record that removes a transactional id. */
    static StoredRecord tombstone(String transactionalId) {
        return new StoredRecord(key(transactionalId), null);
    }

    private static ByteBuffer key(String transactionalId) {
        return TransactionRecords.encodeKey(new TransactionLogKey(transactionalId));
    }

    private static TransactionLogValue value(Transaction transaction) {
        Producers producers = transaction.producers();
        ProducerIdentity predecessor = producers.predecessor();
        boolean hadOtherId = predecessor.id() != producers.current().id();
        return new TransactionLogValue(
                producers.current().id(),
                hadOtherId ? predecessor.id() : Producers.NO_ID,
                producers.nextId(),
                producers.current().epoch(),
                NO_EPOCH,
                transaction.timeoutMs(),
                transaction.state().number(),
                // Kafka's reader expects null in this state and a list in all others.
                transaction.state() == TransactionState.EMPTY ? null : byTopic(transaction.partitions()),
                transaction.updatedMs(),
                transaction.startMs(),
                transaction.version(),
                predecessor.epoch());
    }

    private static List<TransactionLogValue.PartitionsSchema> byTopic(Collection<TopicPartition> partitions) {
        Map<String, List<Integer>> topics = new TreeMap<>();
        for (TopicPartition each : partitions) {
            topics.computeIfAbsent(each.topic(), topic -> new ArrayList<>()).add(each.partition());
        }
        return topics.entrySet().stream()
                .map(topic -> new TransactionLogValue.PartitionsSchema(topic.getKey(), topic.getValue()))
                .toList();
    }

    /**
     * The state that a record stores.
     *
     * @throws IllegalArgumentException if there is no such state
     */
    static Transaction read(TransactionLogValue value) {
        TransactionState state = TransactionState.of(value.transactionStatus())
                .orElseThrow(() -> new IllegalArgumentException(
                        "status of transaction: expected 0 to 5, found " + value.transactionStatus()));
        return new Transaction(
                state,
                producers(value),
                value.clientTransactionVersion(),
                value.transactionTimeoutMs(),
                partitions(state, value),
                value.transactionStartTimestampMs(),
                value.transactionLastUpdateTimestampMs());
    }

    private static Producers producers(TransactionLogValue value) {
        ProducerIdentity current = new ProducerIdentity(value.producerId(), value.producerEpoch());
        ProducerIdentity predecessor = ProducerIdentity.NONE;
        if (value.lastProducerEpoch() != NO_EPOCH) {
            boolean hadOtherId = value.previousProducerId() != Producers.NO_ID;
            long id = hadOtherId ? value.previousProducerId() : value.producerId();
            predecessor = new ProducerIdentity(id, value.lastProducerEpoch());
        }
        return new Producers(current, predecessor, value.nextProducerId());
    }

    /** Kafka stores the partitions of the last transaction in complete states, too. */
    private static SortedSet<TopicPartition> partitions(TransactionState state, TransactionLogValue value) {
        SortedSet<TopicPartition> partitions = new TreeSet<>();
        List<TransactionLogValue.PartitionsSchema> topics = value.transactionPartitions();
        if (topics != null && state.hasTransaction()) {
            for (TransactionLogValue.PartitionsSchema topic : topics) {
                topic.partitionIds().forEach(index -> partitions.add(new TopicPartition(topic.topic(), index)));
            }
        }
        return partitions;
    }
}
