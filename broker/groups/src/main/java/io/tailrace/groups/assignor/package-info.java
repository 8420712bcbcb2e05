/**
 * Distributes partitions among the members of a group: the server-side assignors of KIP-848.
 *
 * <p>Assignors are pure functions. They give every partition of every subscribed topic to exactly one member that subscribes to
 * the topic. Partitions stay where they are unless the balance requires a move. Among equally balanced assignments, an assignor
 * prefers one in which members find replicas in their own rack.
 */
@NullMarked
package io.tailrace.groups.assignor;

import org.jspecify.annotations.NullMarked;
