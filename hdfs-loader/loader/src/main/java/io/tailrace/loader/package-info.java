/**
 * Pulls partitions by offset into Parquet, exactly once, and registers the files in Hive.
 *
 * <p>A run is a pure {@link io.tailrace.loader.Plan} of offset ranges and its execution. Tasks write Parquet to the
 * run's staging folder; then one manifest, renamed into the commit log, commits all of it. The steps after that are
 * idempotent, and the next run repeats them after a crash. The next run starts at the end offsets of the newest
 * manifest; the group's offsets on the brokers are for lag tools. {@code docs/loader.md} describes the protocol.
 *
 * <p>One thread plans and commits; a few fetch and write. A lock in ZooKeeper keeps runs from overlapping. Even a run
 * that lost the lock cannot commit: the file system prevents it.
 *
 * <p>The only user of Hadoop. It knows neither the server nor any part of Hive but the metastore's Thrift interface.
 */
@NullMarked
package io.tailrace.loader;

import org.jspecify.annotations.NullMarked;
