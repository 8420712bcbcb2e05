/**
 * The broker's sockets: connections, frames, and answers in the order of the requests. It knows nothing about Kafka's requests
 * except their size prefix and the API key of Produce, whose requests may be large.
 *
 * <p>Invariants: a connection's requests are dispatched in order and answered in order. The memory that a peer can make the
 * broker hold is bounded, for each connection ({@link io.tailrace.server.network.NetworkLimits}) and for all together
 * ({@link io.tailrace.server.network.NetworkMemory}). A size prefix is not trusted: memory grows with the bytes that arrive. A
 * started request must arrive at a minimum pace. A peer's fault closes that peer's connection and affects no other.
 *
 * <p>Threading: a connection is confined to its event loop. {@link io.tailrace.server.network.Exchange#respond} may be called
 * from any thread. TLS and SASL are stages in front of {@code Connection} in the pipeline.
 */
@NullMarked
package io.tailrace.server.network;

import org.jspecify.annotations.NullMarked;
