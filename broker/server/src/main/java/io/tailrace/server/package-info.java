/**
 * The broker: one process that serves the partitions it leads, built on the log, the replication rules and the
 * coordination of the cluster.
 *
 * <p>{@code BrokerServer} creates and closes the parts. Packages below: {@code
 * config} (what can be configured), {@code network} (sockets), {@code api} (one class for each request), {@code
 * partition} (a partition's log and replication state, and who waits for them), {@code shard} (state machines in internal topics),
 * {@code group} (consumer groups), {@code monitor} (metrics and health).
 *
 * <p>Threading: produce and fetch run on the event loop of their connection, under the lock of their partition. Requests that may
 * block run on a small bounded executor. Requests of groups run on the threads of their shards. Each log directory has a thread for retention, flushing and checkpoints; time passes for
 * partitions on a thread that touches no disk.
 */
@NullMarked
package io.tailrace.server;

import org.jspecify.annotations.NullMarked;
