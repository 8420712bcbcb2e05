/**
 * The rules of committed offsets: commit, fetch, delete, expiry; and listing and deleting groups, which are about offsets as much
 * as about members.
 *
 * <p>Whether a member may commit, and what a group reads, is asked of its {@link io.tailrace.groups.Group}. A decision writes a
 * bounded number of tombstones; what takes more of them goes on with a timer that expires at once.
 */
@NullMarked
package io.tailrace.groups.offsets;

import org.jspecify.annotations.NullMarked;
