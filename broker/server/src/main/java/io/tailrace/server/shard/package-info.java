/**
 * Hosts shards: the replicated state machines of {@code io.tailrace.shard}, one in each partition of an internal topic that this
 * broker leads. Knows nothing of what the shards are about.
 *
 * <p>{@link io.tailrace.server.shard.ShardHosts} follows leadership. A {@code ShardHost} loads a shard for one leader epoch and
 * passes requests to it; a {@code RunningShard} decides, appends at the offset that the state expects, applies, and sends replies
 * when everything that their decisions saw is committed. A shard whose log does not end where its state expects it is loaded again.
 *
 * <p>Threading: a shard runs on one thread at a time ({@code Mailbox}), of a few that all shards share. It appends under its
 * partition's lock, and so may wait for the disk; each log directory therefore has its own threads. What the partition reports is handed over. Timers and waits are measured in
 * {@link io.tailrace.server.shard.RunningTime}; operations see the wall clock. Threads, alarms and clocks come from a {@link
 * io.tailrace.server.shard.ShardRuntime}, so that a simulator can run all of this.
 *
 * <p>Bounds: requests that wait for a shard, records that are not committed, and the time that a reply waits for replicas. A request
 * that a state keeps waits until a later one answers it, its client disconnects, or leadership ends.
 *
 * <p>Knows no request and no socket.
 */
@NullMarked
package io.tailrace.server.shard;

import org.jspecify.annotations.NullMarked;
