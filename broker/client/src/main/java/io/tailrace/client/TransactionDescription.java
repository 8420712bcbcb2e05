package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A transactional id and its current transaction.
 *
 * @param transactionalId the id
 * @param producerId its producer id
 * @param producerEpoch the epoch of the current transaction
 * @param state its state, such as {@code Ongoing} or {@code CompleteCommit}
 * @param timeoutMs how long a transaction may take
 * @param startMs when the current one began, in milliseconds since the epoch; empty if there is none
 * @param partitions what is part of it; while it ends, what has no marker yet
 */
public record TransactionDescription(
        String transactionalId,
        long producerId,
        short producerEpoch,
        String state,
        int timeoutMs,
        OptionalLong startMs,
        Set<TopicPartition> partitions) {
    public TransactionDescription {
        partitions = Set.copyOf(partitions);
    }
}
