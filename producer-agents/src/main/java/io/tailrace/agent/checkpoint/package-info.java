/**
 * The agent's state on disk: one file.
 *
 * <p>A checkpoint is written to a temporary file, forced, and renamed over the old one; then the directory is forced. A
 * crash leaves the old checkpoint or the new one. {@link io.tailrace.agent.checkpoint.CheckpointFormat} alone knows
 * its JSON. Knows nothing of log formats or brokers.
 */
@NullMarked
package io.tailrace.agent.checkpoint;

import org.jspecify.annotations.NullMarked;
