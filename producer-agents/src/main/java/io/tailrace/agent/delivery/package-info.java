/**
 * Sends records until they are acknowledged.
 *
 * <p>A transient failure is retried without limit, with growing and jittered pauses. If brokers refuse records for their
 * content, their block is divided until those are known, and they go to the dead letters. So a chunk ends with all its lines
 * acknowledged. If the transaction is lost after that, its batches are sent again as they are.
 *
 * <p>Used by the agent's loop alone, but for the producer's callbacks, which only wake the loop.
 */
@NullMarked
package io.tailrace.agent.delivery;

import org.jspecify.annotations.NullMarked;
