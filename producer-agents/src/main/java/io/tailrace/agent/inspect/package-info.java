/**
 * Looks at an agent, its files and what it sends to, for the commands of an administrator.
 *
 * <p>Checks, the state of each file, a dry run, and the checkpoint. Nothing here follows files or sends records, and only
 * {@code CheckpointReset} writes, while it holds the lock of the data directory. Checks are bounded in time, so that a registry or
 * a file system that does not answer is a finding and not a command that hangs.
 *
 * <p>Knows no configuration keys: commands pass what they have read.
 */
@NullMarked
package io.tailrace.agent.inspect;

import org.jspecify.annotations.NullMarked;
