/**
 * The consumer groups that this broker coordinates, stored in {@code __consumer_offsets} in Kafka's own format, so that tools that
 * read the topic understand it.
 *
 * <p>A group's id hashes to a partition of that topic, and the partition's leader coordinates the group. The rules are in {@code
 * io.tailrace.groups}, and {@code io.tailrace.server.shard} hosts them; this package shows them the cluster and the broker's
 * configuration.
 *
 * <p>Knows no request and no socket.
 */
@NullMarked
package io.tailrace.server.group;

import org.jspecify.annotations.NullMarked;
