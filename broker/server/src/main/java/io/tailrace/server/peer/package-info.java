/**
 * Requests to other brokers of the cluster, apart from replication.
 *
 * <p>Nothing here blocks: requests are queued, and answered on threads of the network.
 */
@NullMarked
package io.tailrace.server.peer;

import org.jspecify.annotations.NullMarked;
