/**
 * The rules of a replicated partition, as a pure state machine.
 *
 * <p>{@link io.tailrace.replication.PartitionRules#step} takes what this broker knows about one partition (a
 * {@link io.tailrace.replication.Replica}: offline, follower or leader), one {@link io.tailrace.replication.Event} and the
 * time. It returns the next state and the {@link io.tailrace.replication.Effect}s to perform, in order. The state answers
 * which offsets may be acknowledged and read. The rules, and the tests that hold them, are in {@code docs/replication.md}.
 *
 * <p>A partition on a single broker takes no other path: its replica set has one member.
 *
 * <p>Values are immutable. The caller steps a partition under its lock, performs the effects, and reports their outcomes as
 * further events. Nothing here knows a clock, thread, file, socket, logger or ZooKeeper.
 */
@NullMarked
package io.tailrace.replication;

import org.jspecify.annotations.NullMarked;
