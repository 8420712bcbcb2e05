/**
 * What the agent must not forget, in one file.
 *
 * <p>Written whole to a temporary file, forced, renamed over the old one, and the directory forced: after a crash the
 * file is the old one or the new one. Nothing else in the agent is kept on disk. Knows no format of logs and no broker.
 */
@NullMarked
package io.tailrace.agent.checkpoint;

import org.jspecify.annotations.NullMarked;
