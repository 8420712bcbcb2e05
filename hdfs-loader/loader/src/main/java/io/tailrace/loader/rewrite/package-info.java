/**
 * Commits that put rows in the place of others: records of the error table that decode by now, and offsets that are loaded again.
 * Files of path partitions that change are removed, and others added in a new generation, in one commit.
 *
 * <p>A run is used by one thread, under the lock of the loader's group.
 */
@NullMarked
package io.tailrace.loader.rewrite;

import org.jspecify.annotations.NullMarked;
