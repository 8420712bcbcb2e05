/**
 * The requests that the broker answers: one handler for each API. {@link io.tailrace.server.api.RequestRouter} decodes requests
 * and passes them to their handlers.
 *
 * <p>A handler is called on the event loop of its connection, in the order of requests. It answers at once, or keeps its
 * {@link io.tailrace.server.api.Call} as a delayed operation (produce waiting for replicas, fetch waiting for bytes), or passes
 * work that may block to {@link io.tailrace.server.api.BlockingCalls}; the connection's later requests wait for that. The records
 * in a request are slices of its frame and are invalid once the handler returns.
 *
 * <p>A small request must not cause much work: if it names something twice, it is refused or gets one answer for both.
 */
@NullMarked
package io.tailrace.server.api;

import org.jspecify.annotations.NullMarked;
