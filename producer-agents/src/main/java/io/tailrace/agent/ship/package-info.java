/**
 * Sends what was read until it is acknowledged, and counts it.
 *
 * <p>A failure that may pass is tried again for as long as it takes, with growing and jittered pauses; a record that
 * the brokers refuse for what it is goes to the dead letters, alone, once it has been refused by itself. So a chunk
 * ends acknowledged or not at all. Counts are of acknowledged lines, and become final with the checkpoint.
 *
 * <p>Belongs to the agent's loop, but for the producer's callbacks, which only count down and wake the loop.
 */
@NullMarked
package io.tailrace.agent.ship;

import org.jspecify.annotations.NullMarked;
