/**
 * Pulls partitions by offset into Parquet, exactly once, and registers the files in Hive.
 *
 * <p>A run is a pure {@link io.tailrace.loader.plan.Plan} of offset ranges and its execution. Tasks write Parquet to the
 * run's staging folder; then one manifest, renamed into the commit log, commits all of it. The steps after that are
 * idempotent, and the next run repeats them after a crash. The next run starts at the end offsets of the newest
 * manifest; the group's offsets on the brokers are for lag tools. {@code docs/loader.md} describes the protocol.
 *
 * <p>Topics are loaded beside each other; of each topic, one thread plans and commits, and an engine runs the tasks. A lock in
 * ZooKeeper keeps runs from overlapping. Even a run that lost the lock cannot commit: the file system prevents it.
 *
 * <p>The module is the only user of Hadoop. This package has the commands and their configuration; each other package is a room of
 * its own, and {@code LayersTest} holds their order.
 */
@NullMarked
package io.tailrace.loader;

import org.jspecify.annotations.NullMarked;
