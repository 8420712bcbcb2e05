/**
 * The requests of the classic protocol, one file for each: JoinGroup, SyncGroup, Heartbeat, LeaveGroup and DescribeGroups.
 *
 * <p>A request checks its sender and generation, and changes the members. {@link io.tailrace.groups.rebalance.Rebalance} decides
 * what follows from that.
 */
@NullMarked
package io.tailrace.groups.classic;

import org.jspecify.annotations.NullMarked;
