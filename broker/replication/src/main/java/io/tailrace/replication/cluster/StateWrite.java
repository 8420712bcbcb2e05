package io.tailrace.replication.cluster;

import io.tailrace.protocol.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A state to write if the store still has {@code next.version()}, or to create if that is
 * {@link PartitionState#NOT_WRITTEN}.
 *
 * @param partition the partition whose state it is
 * @param next the state to write
 * @param reassignedOrNull the reassignment that ends with this write, null if none does. The assignment is then written with
 *     the state, both or neither, and only if the store still has this reassignment
 */
public record StateWrite(
        TopicPartition partition,
        PartitionState next,
        @Nullable PartitionAssignment reassignedOrNull) {
    /** A write that ends no reassignment. */
    public StateWrite(TopicPartition partition, PartitionState next) {
        this(partition, next, null);
    }
}
