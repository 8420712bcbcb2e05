/**
 * The rules of consumer groups: a {@link io.tailrace.groups.GroupsShard} for each partition of {@code __consumer_offsets}.
 *
 * <p>This package holds the state. The operations, one file for each kind of request, are in {@code classic} (the protocol of
 * JoinGroup and SyncGroup, with {@code rebalance}), {@code consumer} (KIP-848, with {@code assignor}) and {@code offsets};
 * {@code rules} puts them together. See {@code docs/groups.md}.
 */
@NullMarked
package io.tailrace.groups;

import org.jspecify.annotations.NullMarked;
