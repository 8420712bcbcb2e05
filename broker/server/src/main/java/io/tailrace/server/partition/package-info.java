/**
 * The partitions on this broker: each a log, a role in the cluster, and those who wait for its offsets to move.
 *
 * <p>{@link io.tailrace.server.partition.Partition} steps the rules of {@code io.tailrace.replication} and performs what
 * they ask for: first on the log, then towards the cluster, then by waking who waits. Followers, leaders and
 * partitions of one replica go the same way.
 *
 * <p>Threading: one lock for each partition, held for an append and for an event and never while waiting for anything
 * but the log's own file. Reads take no lock. Waiters are called on any thread, often under the lock: they hand over to
 * their own event loop and return.
 *
 * <p>Knows no request, no socket and no ZooKeeper.
 */
@NullMarked
package io.tailrace.server.partition;

import org.jspecify.annotations.NullMarked;
