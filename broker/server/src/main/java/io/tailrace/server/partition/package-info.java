/**
 * The partitions on this broker: each has a log, a role in the cluster, and requests that wait for its offsets to move.
 *
 * <p>{@link io.tailrace.server.partition.Partition} is what the rest of the server uses. Its parts: {@code ReplicaStateMachine}
 * steps the rules of {@code io.tailrace.replication} and performs their effects, {@code LeaderLog} appends, {@code FollowerLog}
 * copies, {@code ReplicaReads} reads, {@code Waiters} holds the waiting requests, {@code LogErrors} maps failures of the log to
 * error codes. A partition with one replica takes the same path.
 *
 * <p>Threading: one lock for each partition, held for an append and for an event, and never while waiting for anything but the
 * log's own file. Reads take no lock. Waiters are called on any thread: those for acknowledgements often under the lock, readers
 * after it is free. They hand over to their own event loop and return.
 *
 * <p>This package uses no request handler, socket or ZooKeeper. The simulator runs it over logs in memory.
 */
@NullMarked
package io.tailrace.server.partition;

import org.jspecify.annotations.NullMarked;
