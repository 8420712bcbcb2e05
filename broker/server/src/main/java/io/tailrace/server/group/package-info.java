/**
 * The consumer groups that this broker coordinates, stored in {@code __consumer_offsets} in Kafka's own format, so that tools
 * that read the topic understand it.
 *
 * <p>A group's id hashes to a partition of that topic, and the partition's leader coordinates the group. The rules are in
 * {@code io.tailrace.groups}, and {@code io.tailrace.server.shard} hosts them; this package gives them the cluster's state and
 * the broker's configuration.
 *
 * <p>This package uses no request handler and no socket.
 */
@NullMarked
package io.tailrace.server.group;

import org.jspecify.annotations.NullMarked;
