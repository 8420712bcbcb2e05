/**
 * Copies from leaders what this broker's followers lack.
 *
 * <p>{@link io.tailrace.server.follower.Fetchers} has a few {@link io.tailrace.server.follower.ReplicaFetcher}s for each
 * leader's broker; each has one connection and one thread, and asks for all of its partitions at once. Where a partition
 * has come to is not kept here: every fetch is made from the partition's role as it is then, and what is answered is
 * given to the partition, which takes it over only if it still follows in the epoch that was asked in. So a fetcher can
 * be late, but not wrong.
 *
 * <p>A partition is left out of a fetch while it pauses after a failure, while a throttle says so
 * ({@link io.tailrace.server.follower.CopyThrottle}), and while what it would acknowledge is not on disk yet.
 *
 * <p>Threading: a partition's lock is taken before a fetcher's, and never by a thread that holds a fetcher's.
 *
 * <p>Knows no rule of replication, no log and no ZooKeeper.
 */
@NullMarked
package io.tailrace.server.follower;

import org.jspecify.annotations.NullMarked;
