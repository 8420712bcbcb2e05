/**
 * Offsets that consumer groups have committed, stored in the compacted topic {@code __consumer_offsets} in Kafka's own
 * format, so that Kafka's tools can read them.
 *
 * <p>A group's name hashes to a partition of that topic. The partition's leader coordinates the group and keeps the
 * partition's offsets in memory ({@link io.tailrace.server.group.OffsetsShard}). It reads them from the log when it becomes
 * leader. A commit is appended first; once the in-sync replicas have acknowledged it, memory is updated and the commit is
 * answered. Group membership is not implemented: only consumers that assign their own partitions commit here.
 *
 * <p>Knows no request and no socket.
 */
@NullMarked
package io.tailrace.server.group;

import org.jspecify.annotations.NullMarked;
