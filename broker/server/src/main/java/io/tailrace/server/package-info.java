/**
 * The broker: a process that serves the partitions it leads, built on the log, the replication rules and the coordination of the
 * cluster.
 *
 * <p>{@code BrokerServer} creates and closes the parts. Its packages: {@code config} (settings), {@code network} (sockets),
 * {@code api} (a handler for each request), {@code fetch} (fetches and their sessions), {@code partition} (a partition's log,
 * role and waiting requests), {@code follower} (copying from leaders), {@code cluster} (the broker's place in the cluster),
 * {@code shard} (state machines in internal topics), {@code group} (consumer groups), {@code monitor} (metrics and health).
 *
 * <p>Threading: produce and fetch run on the event loop of their connection, under the lock of their partition. Requests that may
 * block run on a few threads for each kind of request. Requests of groups run on the threads of their shards. Each log directory
 * has a thread for retention, flushing and checkpoints. Another thread, which touches no disk, applies timeouts to partitions.
 */
@NullMarked
package io.tailrace.server;

import org.jspecify.annotations.NullMarked;
