/**
 * Distributes partitions among the members of a group: the server-side assignors of KIP-848.
 *
 * <p>Pure functions. Every partition of every subscribed topic goes to exactly one member that subscribes to the topic. Partitions
 * stay where they are unless the balance requires a move, and among equally balanced assignments those are preferred whose
 * members find a replica in their own rack.
 */
@NullMarked
package io.tailrace.groups.assignor;

import org.jspecify.annotations.NullMarked;
