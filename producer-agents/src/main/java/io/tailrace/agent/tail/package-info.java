/**
 * Follows files: reads what is new as whole lines, and nothing twice.
 *
 * <p>What is followed is a content, not a file name. A content is identified by the device and inode that hold it, and
 * by its fingerprint: hashes of its first bytes and of those before the
 * {@link io.tailrace.agent.tail.ReadPosition}. So a renamed file is read on from its position, a truncated file or a
 * reused inode is a new content, and a copy or archive of a content continues it. Where two contents cannot be told apart,
 * lines are repeated rather than skipped.
 *
 * <p>Single-threaded: the agent's loop is the only caller. A pipe is read in a thread of its own, which may have to wait, and hands
 * over bytes. Time is passed in. Knows nothing of formats, brokers or
 * checkpoint files.
 */
@NullMarked
package io.tailrace.agent.tail;

import org.jspecify.annotations.NullMarked;
