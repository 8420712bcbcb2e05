/**
 * The rules of committed offsets: commit, fetch, delete, expiry; and listing and deleting groups, which concern offsets as much
 * as members.
 *
 * <p>The {@link io.tailrace.groups.Group} decides whether a member may commit and which topics it reads. A decision writes a
 * bounded number of tombstones; work that needs more continues with a timer that expires at once.
 */
@NullMarked
package io.tailrace.groups.offsets;

import org.jspecify.annotations.NullMarked;
