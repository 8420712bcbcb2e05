/**
 * A Hive to try the loader with: HDFS, metastore and HiveServer2 in one JVM, and a client that prints what a query
 * answers.
 *
 * <p>For development, tests and the quickstart: one node, no security, loopback only. Its library set is Hive's own,
 * closed and older than the loader's, and meets the rest of Tailrace over sockets alone. What it keeps lies below one
 * directory, so that a sandbox started there again has its tables and files, under the addresses they were written
 * with.
 *
 * <p>Parts start in the order hdfs, metastore, HiveServer2 and stop in the reverse. It must not know the loader: any
 * client of HDFS and of the metastore will do.
 */
@NullMarked
package io.tailrace.hive;

import org.jspecify.annotations.NullMarked;
