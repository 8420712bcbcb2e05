/**
 * The broker: one process that serves the partitions it leads, on top of the log, the partition's rules and the cluster's
 * coordination.
 *
 * <p>{@link io.tailrace.server.BrokerServer} puts the parts together and closes them. Packages below: {@code config} (what can be
 * configured), {@code network} (sockets), {@code api} (one class for each request), {@code partition} (a partition's log,
 * replication state and waiters), {@code follower} (copying from leaders), {@code cluster} (the broker's part in the cluster, and its
 * log directories), {@code group} (committed offsets).
 *
 * <p>Threading: produce and fetch run on the event loop of their connection, under the lock of their partition. Requests that may
 * block run on a small bounded executor. Each log directory has a thread for retention, flushing and checkpoints; time passes for
 * partitions on a thread that touches no disk.
 */
@NullMarked
package io.tailrace.server;

import org.jspecify.annotations.NullMarked;
