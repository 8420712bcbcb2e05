package io.tailrace.client;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a partition's leader knows of an idempotent or transactional producer.
 *
 * @param producerId its id
 * @param producerEpoch its epoch
 * @param lastSequence the sequence number of its last record; -1 for none
 * @param lastTimestampMs when the leader last saw a batch or marker of it, in milliseconds since the epoch; -1 for none. Kafka's
 *     brokers report the timestamp of that batch or marker instead
 * @param coordinatorEpoch the coordinator's epoch in its last marker; empty if there was none
 * @param transactionStart the first offset of its open transaction; empty if there is none
 */
public record ProducerDescription(
        long producerId,
        short producerEpoch,
        int lastSequence,
        long lastTimestampMs,
        OptionalInt coordinatorEpoch,
        OptionalLong transactionStart) {}
