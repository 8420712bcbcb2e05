/**
 * Pulls partitions by offset into Parquet, exactly once, and tells Hive.
 *
 * <p>A run is a pure {@link io.tailrace.loader.Plan} of offset ranges, and its execution: tasks write Parquet into the
 * run's staging folder, then one manifest, renamed into the commit log, takes effect for all of it at once. Everything
 * after that point is redone from the manifest until it is finished. The next run starts where the newest manifest
 * ends; the group's offsets on the brokers are written for lag tools and never read. docs/loader.md has the protocol.
 *
 * <p>One thread plans and commits, a few fetch and write. A lock in ZooKeeper keeps runs from overlapping; that a run
 * which has lost it cannot commit rests on the file system alone.
 *
 * <p>The only user of Hadoop. It must not know the server, nor Hive beyond its metastore's Thrift interface.
 */
@NullMarked
package io.tailrace.loader;

import org.jspecify.annotations.NullMarked;
