/**
 * Fetches of consumers and followers. {@link io.tailrace.server.fetch.FetchHandler} answers them.
 *
 * <p>A fetch works on a plan: {@code FetchPlan} holds the partitions that a client fetches and knows which of them must be looked
 * at. With a fetch session (KIP-227) the plan lasts from fetch to fetch, otherwise for one fetch. Partitions mark their changes
 * in the plan, so that neither a fetch nor a wake costs what is subscribed, only what has changed.
 *
 * <p>Threading: a plan is used by one fetch at a time, on that fetch's event loop; {@code FetchSessions} sees to it. Only the
 * marks of {@code PlanChanges} are set by other threads.
 *
 * <p>Knows no rule of replication: what may be read, and what a follower's fetch acknowledges, is the partition's.
 */
@NullMarked
package io.tailrace.server.fetch;

import org.jspecify.annotations.NullMarked;
