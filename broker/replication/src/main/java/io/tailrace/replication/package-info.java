/**
 * The rules of a replicated partition, as a pure state machine.
 *
 * <p>{@link io.tailrace.replication.PartitionRules#step} takes what this broker knows of one partition (a
 * {@link io.tailrace.replication.Replica}: offline, follower or leader), one {@link io.tailrace.replication.Event} and the
 * time, and returns the next state with the {@link io.tailrace.replication.Effect}s to perform, in order. Which offsets may
 * be acknowledged and read is asked of the state. The rules, and the test that holds each, are in
 * {@code docs/replication.md}.
 *
 * <p>A partition on a single broker is one whose replica set has one member; there is no other path for it.
 *
 * <p>Values are immutable; the caller steps one partition from one thread at a time (under the partition's lock), performs
 * the effects, and reports what came of them as further events. Nothing here knows a clock, a thread, a file, a socket, a
 * logger or ZooKeeper.
 */
@NullMarked
package io.tailrace.replication;

import org.jspecify.annotations.NullMarked;
