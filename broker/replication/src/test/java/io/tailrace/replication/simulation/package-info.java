/**
 * A whole cluster in one thread and virtual time, every choice of which comes from a seed.
 *
 * <p>The rules are production's ({@code PartitionRules}, {@code ControllerRules}, {@code LeaderEpochs}); brokers, their disks,
 * the network, ZooKeeper and the clients around them are played here. A {@link io.tailrace.replication.simulation.Schedule}
 * of faults is drawn from the seed, so that one which breaks a rule can be cut down to the steps it takes.
 *
 * <p>{@link io.tailrace.replication.simulation.Promises} takes down what the cluster owes, without asking the rules;
 * {@link io.tailrace.replication.simulation.Invariants} are checked after every event, and the clients' history at the end.
 * Nothing here reads a clock, starts a thread or touches a file: a seed has one history.
 */
@NullMarked
package io.tailrace.replication.simulation;

import org.jspecify.annotations.NullMarked;
