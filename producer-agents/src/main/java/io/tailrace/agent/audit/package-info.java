/**
 * What an agent states about its lines: counts and content sums of those that were acknowledged, and up to which event
 * time there are no others.
 *
 * <p>Rules only. Everything that a statement depends on is passed in: acknowledged records, how far files were read, the
 * time. Knows nothing of brokers, formats or checkpoint files. Used by the agent's loop alone.
 */
@NullMarked
package io.tailrace.agent.audit;

import org.jspecify.annotations.NullMarked;
