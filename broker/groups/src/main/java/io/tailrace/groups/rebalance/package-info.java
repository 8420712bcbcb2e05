/**
 * The shared parts of the requests of the classic protocol: {@link io.tailrace.groups.rebalance.Rebalance}, which takes a group
 * from one generation to the next, and the timers of sessions, joins and syncs.
 *
 * <p>The packages {@code classic} (requests of members) and {@code consumer} (which hands a group back to the classic protocol)
 * use this one. A {@link io.tailrace.groups.rebalance.ClassicDecision} collects the changes of one group; nothing changes before
 * it is applied.
 */
@NullMarked
package io.tailrace.groups.rebalance;

import org.jspecify.annotations.NullMarked;
