package io.tailrace.server.partition;

import io.tailrace.replication.PartitionRules;
import java.util.function.BooleanSupplier;

/**
 * What all partitions of a broker share.
 *
 * @param rules how a partition changes
 * @param cluster acts on the rest of the cluster for a partition
 * @param listener notified of roles
 * @param lease whether this broker may still act as a leader, as far as its own clock can show; checked for every request
 * @param clocks the time
 */
public record PartitionContext(
        PartitionRules rules,
        ClusterActions cluster,
        LeadershipListener listener,
        BooleanSupplier lease,
        Clocks clocks) {}
