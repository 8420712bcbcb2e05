/**
 * A Hive for trying the loader: HDFS, metastore and HiveServer2 in one JVM, and a client that prints query results.
 *
 * <p>For development, tests and the quickstart: one node, no security, loopback only. It has Hive's own libraries,
 * older than the loader's, and communicates with the rest of Tailrace only over sockets. All data is in one directory:
 * a sandbox started there again on the same ports has the same tables and files.
 *
 * <p>Servers start in the order HDFS, metastore, HiveServer2 and stop in reverse. The sandbox does not know the loader.
 */
@NullMarked
package io.tailrace.hive;

import org.jspecify.annotations.NullMarked;
