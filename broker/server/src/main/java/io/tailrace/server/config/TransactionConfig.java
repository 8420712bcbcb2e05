package io.tailrace.server.config;

/**
 * Transactions and the topic that stores them. Immutable.
 *
 * @param partitions {@code transaction.state.log.num.partitions}
 * @param replicationFactor {@code transaction.state.log.replication.factor}
 * @param minInsyncReplicas {@code transaction.state.log.min.isr}
 * @param segmentBytes {@code transaction.state.log.segment.bytes}
 * @param timeoutMsMax {@code transaction.max.timeout.ms}
 * @param expirationMs {@code transactional.id.expiration.ms}
 * @param expiryIntervalMs {@code transaction.remove.expired.transaction.cleanup.interval.ms}
 */
public record TransactionConfig(
        int partitions,
        int replicationFactor,
        int minInsyncReplicas,
        int segmentBytes,
        int timeoutMsMax,
        long expirationMs,
        long expiryIntervalMs) {}
