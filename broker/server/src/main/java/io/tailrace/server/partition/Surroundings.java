package io.tailrace.server.partition;

import io.tailrace.replication.PartitionRules;

/**
 * What all partitions of a broker share.
 *
 * @param rules how partitions change
 * @param port the way to the rest of the cluster
 * @param roles told when a partition's role changes
 * @param clocks the time
 */
public record Surroundings(PartitionRules rules, ReplicationPort port, RoleListener roles, Clocks clocks) {}
