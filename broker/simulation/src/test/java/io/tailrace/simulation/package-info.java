/**
 * A cluster in one thread and virtual time. Every choice comes from a seed.
 *
 * <p>Production's are the rules ({@code io.tailrace.replication}) and the partition that steps them and performs their
 * effects ({@code io.tailrace.server.partition}); beside it, the shards ({@code io.tailrace.server.shard}) and rules of consumer
 * groups ({@code io.tailrace.groups}) or transactions ({@code io.tailrace.transactions}). Simulated are the log, in memory, the
 * processes and machines, the network, ZooKeeper and the clients. A {@link io.tailrace.simulation.Schedule} of faults is drawn from
 * the seed. If it breaks something, it can be reduced to the steps that are needed.
 *
 * <p>There are three kinds of histories: {@link io.tailrace.simulation.Simulation} of a partition with producers and a consumer,
 * {@link io.tailrace.simulation.GroupSimulation} of groups in that partition, and {@link
 * io.tailrace.simulation.TransactionSimulation} of transactions, whose coordinator, records and offsets are in three or four such
 * clusters.
 *
 * <p>{@link io.tailrace.simulation.Promises} records what the cluster owes, without asking the rules; {@link
 * io.tailrace.simulation.Invariants} are checked after every event, and the clients' history at the end. Nothing here reads a
 * clock, starts a thread or touches a file: a seed has one history.
 */
@NullMarked
package io.tailrace.simulation;

import org.jspecify.annotations.NullMarked;
