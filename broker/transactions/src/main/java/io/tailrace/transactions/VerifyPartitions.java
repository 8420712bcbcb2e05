package io.tailrace.transactions;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Ticket;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * AddPartitionsToTxn of a broker that has received records of version 1: checks that the client has added the partitions
 * ({@code verifyOnly}, KIP-890). An operation, although it changes nothing: its answer waits until the partitions are committed.
 *
 * @param transactionalId the transactional id
 * @param producer the producer
 * @param partitions the partitions
 */
public record VerifyPartitions(String transactionalId, ProducerIdentity producer, Set<TopicPartition> partitions)
        implements Operation<TransactionsShard, Map<TopicPartition, ErrorCode>> {
    /** Copies the partitions. */
    public VerifyPartitions {
        partitions = Set.copyOf(partitions);
    }

    /** Answers {@code NONE} for partitions in the transaction, {@code TRANSACTION_ABORTABLE} for others. */
    @Override
    public Decision<TransactionsShard> decide(
            TransactionsShard state, Ticket<Map<TopicPartition, ErrorCode>> ticket, long nowMs) {
        Transaction transaction = state.transactions().get(transactionalId);
        ErrorCode error = transaction == null ? ErrorCode.INVALID_PRODUCER_ID_MAPPING : transaction.check(producer);
        if (transaction == null || error != ErrorCode.NONE) {
            return Decision.reply(ticket, refused(error));
        }
        Map<TopicPartition, ErrorCode> results = new TreeMap<>();
        for (TopicPartition each : partitions) {
            boolean isAdded = transaction.partitions().contains(each);
            results.put(each, isAdded ? ErrorCode.NONE : ErrorCode.TRANSACTION_ABORTABLE);
        }
        return Decision.reply(ticket, results);
    }

    @Override
    public Map<TopicPartition, ErrorCode> refused(ErrorCode error) {
        Map<TopicPartition, ErrorCode> results = new TreeMap<>();
        partitions.forEach(each -> results.put(each, error));
        return results;
    }
}
