package io.tailrace.server.partition;

import io.tailrace.replication.PartitionRules;
import java.util.function.BooleanSupplier;

/**
 * What all partitions of a broker share.
 *
 * @param rules how partitions change
 * @param port the way to the rest of the cluster
 * @param roles told when a partition's role changes
 * @param lease whether this broker may act as a leader at all, as far as its own clock can tell; asked for every request
 * @param clocks the time
 */
public record Surroundings(
        PartitionRules rules, ReplicationPort port, RoleListener roles, BooleanSupplier lease, Clocks clocks) {}
