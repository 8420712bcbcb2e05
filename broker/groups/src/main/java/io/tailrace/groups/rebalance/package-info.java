/**
 * What the requests of the classic protocol have in common: {@link io.tailrace.groups.rebalance.Rebalance}, which takes a group from
 * one generation to the next, and the timers of sessions, joins and syncs.
 *
 * <p>It is below {@code classic}, the requests of members, and {@code consumer}, which hands a group back to the classic protocol.
 * A {@link io.tailrace.groups.rebalance.ClassicDecision} collects what happens to one group; nothing changes before it is applied.
 */
@NullMarked
package io.tailrace.groups.rebalance;

import org.jspecify.annotations.NullMarked;
