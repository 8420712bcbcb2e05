/**
 * An agent's transactions: lines, dead letters, counts, and the positions after them become visible together, or none of them.
 *
 * <p>The transactional id is the agent's identity. Who takes it has the agent's positions as they are after the last commit, and
 * fences whoever had it before. Positions are records of a compacted topic, and what that topic says is true.
 *
 * <p>Used by the agent's loop alone, but for the reading of positions, which runs in the background.
 */
@NullMarked
package io.tailrace.agent.transaction;

import org.jspecify.annotations.NullMarked;
