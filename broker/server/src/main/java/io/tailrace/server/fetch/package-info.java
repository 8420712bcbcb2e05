/**
 * Fetches of consumers and followers. {@link io.tailrace.server.fetch.FetchHandler} answers them.
 *
 * <p>A fetch works on a plan: {@code FetchPlan} holds the partitions that a client fetches and knows which of them must be looked
 * at. With a fetch session (KIP-227) the plan lasts from fetch to fetch, otherwise for one fetch. Partitions mark their changes
 * in the plan, so that the cost of a fetch or wake depends on the partitions that have changed, not on all that are subscribed.
 * A client names topics by name or by id (KIP-516). Only {@code PlannedPartition} replaces ids by names.
 *
 * <p>Threading: a plan is used by one fetch at a time, on that fetch's event loop; {@code FetchSessions} ensures that. Only the
 * marks of {@code PlanChanges} are set by other threads.
 *
 * <p>This package contains no rule of replication: the partition decides what may be read and what a follower's fetch
 * acknowledges.
 */
@NullMarked
package io.tailrace.server.fetch;

import org.jspecify.annotations.NullMarked;
