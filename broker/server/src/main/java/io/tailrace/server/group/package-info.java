/**
 * Offsets that consumer groups have committed, kept in the compacted topic {@code __consumer_offsets} in Kafka's own
 * format, so that the field's tools read it.
 *
 * <p>A group belongs to the partition its name hashes to, and is coordinated by that partition's leader, which holds the
 * partition's offsets in memory ({@link io.tailrace.server.group.OffsetsShard}): read from the log when it begins to
 * lead, and written to the log, and acknowledged by the in-sync replicas, before memory and before the answer. Members
 * of groups come later, as a state machine beside the offsets of a shard; until then only consumers that assign their
 * own partitions commit here.
 *
 * <p>Knows no request and no socket.
 */
@NullMarked
package io.tailrace.server.group;

import org.jspecify.annotations.NullMarked;
