/**
 * Hosts shards: the replicated state machines of {@code io.tailrace.shard}, one in each partition of an internal topic that this
 * broker leads. It does not know what the shards are for.
 *
 * <p>{@link io.tailrace.server.shard.ShardHosts} follows leadership. A {@code ShardHost} loads a shard for one leader epoch and
 * passes requests to it; a {@code RunningShard} decides, appends at the offset that the state expects, applies, and sends replies
 * when everything that their decisions saw is committed. If the log does not end where the shard's state expects it, the shard is
 * loaded again.
 *
 * <p>Threading: a shard runs on one thread at a time ({@code Mailbox}). It appends under its partition's lock, and so may wait
 * for the disk. Each log directory therefore has a few threads of its own, which its shards share. Reports of the partition are
 * handed over to the shard. Timers and waits are measured in {@link io.tailrace.server.shard.RunningTime}; operations see the
 * wall clock. Threads, alarms and clocks come from a {@link io.tailrace.server.shard.ShardRuntime}, so that a simulator can run
 * all of this.
 *
 * <p>The waiting requests of a shard, its uncommitted records, and the time that a reply waits for replicas are bounded. A
 * request that the state keeps waits until a later one answers it, its client disconnects, or leadership ends.
 *
 * <p>This package uses no request of the protocol and no socket.
 */
@NullMarked
package io.tailrace.server.shard;

import org.jspecify.annotations.NullMarked;
