/**
 * Judges what a cluster did by what its clients saw, in the categories of Jepsen's Kafka test.
 *
 * <p>A {@link io.tailrace.replication.history.History} takes down every send, every acknowledgement and every record read,
 * and at the end what each partition holds. {@link io.tailrace.replication.history.History#judge} then tells what was lost,
 * duplicated, reordered, read though nobody sent it, or found at another offset than was said.
 *
 * <p>A {@link io.tailrace.replication.history.GroupHistory} does the same for a consumer group: what its members were given, and what
 * it committed.
 *
 * <p>It knows neither brokers nor clients nor time, so that a simulated cluster and real processes that are killed are
 * judged by the same code. Values are of any type with {@code equals} and {@code hashCode}, each sent once.
 */
@NullMarked
package io.tailrace.replication.history;

import org.jspecify.annotations.NullMarked;
