/**
 * The requests of the classic protocol, one file for each: JoinGroup, SyncGroup, Heartbeat, LeaveGroup and DescribeGroups.
 *
 * <p>A request checks who sent it and in which generation, changes the members, and leaves it to
 * {@link io.tailrace.groups.rebalance.Rebalance} what follows from that.
 */
@NullMarked
package io.tailrace.groups.classic;

import org.jspecify.annotations.NullMarked;
