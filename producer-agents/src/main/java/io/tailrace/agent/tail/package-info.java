/**
 * Follows files: which bytes are new, whole lines of them, and nothing twice.
 *
 * <p>What is followed is a content, not a name. A content is known by the device and inode that hold it, and by a
 * {@link io.tailrace.agent.tail.Mark}: how far it has been read, and hashes of its first bytes and of those before the
 * position. So a rename goes on where it was, a truncated or reused inode is a new content, and a copy or gzip of a
 * content takes over from it. Where a content cannot be told apart, lines are repeated rather than skipped.
 *
 * <p>Single-threaded: everything here belongs to the agent's loop. Time is passed in. Knows nothing of formats, brokers
 * or checkpoints' files.
 */
@NullMarked
package io.tailrace.agent.tail;

import org.jspecify.annotations.NullMarked;
