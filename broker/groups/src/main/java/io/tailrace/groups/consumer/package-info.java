/**
 * The consumer protocol (KIP-848): one file for each kind of request and timer.
 *
 * <p>A heartbeat decides on a {@link io.tailrace.groups.consumer.GroupDraft}: the group as it will be. The draft knows the
 * records that lead there. The steps are always the same: the member and its subscription, the topics, the group's epoch, the
 * target assignment of that epoch, and finally the part of it that this member may have now. Members of the classic protocol take
 * the same steps when they join.
 */
@NullMarked
package io.tailrace.groups.consumer;

import org.jspecify.annotations.NullMarked;
