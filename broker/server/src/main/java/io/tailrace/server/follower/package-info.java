/**
 * Copies the records that this broker's followers lack from their leaders.
 *
 * <p>{@link io.tailrace.server.follower.Fetchers} has a few {@link io.tailrace.server.follower.ReplicaFetcher}s for each broker
 * that leads. Each has one connection and one thread. One fetch covers all of its partitions, in a fetch session (KIP-227): both
 * the fetch and its answer name only the partitions that have changed. A fetcher keeps no offsets. It makes every fetch from the
 * partitions' current roles, and a partition accepts an answer only if it still follows in the epoch of the fetch. So a fetcher
 * can be late, but not wrong.
 *
 * <p>A fetch leaves out a partition during the pause after a failure, while a throttle pauses it
 * ({@link io.tailrace.server.follower.CopyThrottle}), and while the records that it would acknowledge are not on disk. A failure
 * of one partition never holds up the others.
 *
 * <p>Threading: a thread may take a fetcher's monitor while it holds a partition's lock, never the other way round.
 *
 * <p>This package uses no rule of replication, no log and no ZooKeeper.
 */
@NullMarked
package io.tailrace.server.follower;

import org.jspecify.annotations.NullMarked;
