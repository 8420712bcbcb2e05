package io.tailrace.replication.cluster;

import io.tailrace.protocol.TopicPartition;

/**
 * A state to be written, if the store still has {@code next.version()}, or created if that is
 * {@link PartitionState#NOT_WRITTEN}.
 */
public record StateWrite(TopicPartition partition, PartitionState next) {}
