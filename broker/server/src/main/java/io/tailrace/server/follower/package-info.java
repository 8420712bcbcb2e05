/**
 * Copies from leaders what this broker's followers lack.
 *
 * <p>{@link io.tailrace.server.follower.Fetchers} has a few {@link io.tailrace.server.follower.ReplicaFetcher}s for each
 * broker that leads. Each has one connection and one thread, and one fetch asks for all of its partitions, in a
 * fetch session (KIP-227): it names those that have changed, and the leader answers those that have. A fetcher keeps no
 * offsets: every fetch is made from the partitions' current roles, and a partition takes an answer only if it still follows in
 * the epoch that was asked in. So a fetcher can be late, but not wrong.
 *
 * <p>A partition is left out of a fetch during the pause after a failure, while a throttle pauses it
 * ({@link io.tailrace.server.follower.CopyThrottle}), and while what it would acknowledge is not on disk. A failure of one
 * partition never holds up the others.
 *
 * <p>Threading: a thread may take a fetcher's monitor while it holds a partition's lock, never the other way round.
 *
 * <p>Knows no rule of replication, no log and no ZooKeeper.
 */
@NullMarked
package io.tailrace.server.follower;

import org.jspecify.annotations.NullMarked;
