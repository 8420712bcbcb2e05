/**
 * The broker: one process that serves the partitions it leads, on top of the log, the partition's rules and the
 * cluster's coordination.
 *
 * <p>{@code Broker} puts the parts together and takes them apart again. Packages below: {@code
 * config} (what can be configured), {@code network} (sockets), {@code api} (one class for each request), {@code
 * partition} (a partition's log and replication state, and who waits for them), {@code group} (committed offsets).
 *
 * <p>Threading: produce and fetch run on the event loop of their connection, under the lock of the partition they are
 * for; what can block runs on a small bounded executor; retention, flushing and checkpoints on one scheduler thread.
 */
@NullMarked
package io.tailrace.server;

import org.jspecify.annotations.NullMarked;
