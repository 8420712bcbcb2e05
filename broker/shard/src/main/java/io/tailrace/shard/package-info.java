/**
 * Replicated state machines in the partitions of an internal topic.
 *
 * <p>A {@link io.tailrace.shard.Shard} is the state of one partition. It has one writer, the broker that leads the partition. An
 * {@link io.tailrace.shard.Operation} looks at the state and returns a {@link io.tailrace.shard.Decision}: the records to append,
 * the changes that are not stored, the replies and the timers. Nothing changes until the records are in the log. Then the shard
 * replays them, with the same code that loads a log. So a failed append leaves nothing to revert, and a new coordinator knows
 * everything that the former one promised.
 *
 * <p>A reply is sent when everything that its decision saw is committed. A {@link io.tailrace.shard.Query} reads committed state
 * only, which a {@link io.tailrace.shard.TimelineMap} keeps beside the newest.
 *
 * <p>A decision can be part of a producer's transaction ({@link io.tailrace.shard.TransactionPart}), if the shard has records that
 * count only once a marker commits them.
 *
 * <p>Neither this package nor a shard uses a clock, thread, file, socket or logger. The server hosts shards.
 */
@NullMarked
package io.tailrace.shard;

import org.jspecify.annotations.NullMarked;
