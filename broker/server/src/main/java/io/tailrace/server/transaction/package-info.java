/**
 * Transactions of producers: the transactional ids that this broker coordinates, stored in {@code __transaction_state} in Kafka's own
 * format, and what a leader asks other coordinators.
 *
 * <p>A transactional id hashes to a partition of that topic, and the partition's leader coordinates the id. The rules are in
 * {@code io.tailrace.transactions}, and {@code io.tailrace.server.shard} hosts them.
 *
 * <p>Nothing here may block a thread of the network.
 */
@NullMarked
package io.tailrace.server.transaction;

import org.jspecify.annotations.NullMarked;
