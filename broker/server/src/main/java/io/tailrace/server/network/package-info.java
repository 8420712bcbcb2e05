/**
 * The broker's sockets: connections, frames, and answers in the order of the requests. Knows nothing of Kafka's
 * requests beyond their size prefix and the number that names their kind.
 *
 * <p>Invariants: a connection's requests are handed on in order and answered in order; what a peer may make the broker
 * hold is bounded (bytes of unfinished frames, requests in flight, bytes written but not taken); a size is never
 * believed, memory grows with the bytes that really arrive; a peer's fault ends that peer's connection and nothing else.
 *
 * <p>Threading: a connection is confined to its event loop. {@link io.tailrace.server.network.Exchange#respond} may be
 * called from any thread. TLS and SASL are stages in front of {@code Connection} in the pipeline.
 */
@NullMarked
package io.tailrace.server.network;

import org.jspecify.annotations.NullMarked;
