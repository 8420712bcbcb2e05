/**
 * The requests that the broker answers: one class for each, listed in {@link io.tailrace.server.api.Apis}, from which
 * ApiVersions is answered too.
 *
 * <p>A handler is called on the event loop of its connection, in the order of requests. It answers at once, or keeps its
 * {@link io.tailrace.server.api.Call} as a delayed operation (produce waiting for replicas, fetch waiting for bytes), or
 * hands what may block to {@link io.tailrace.server.api.BlockingCalls}, during which the connection's later requests
 * wait. A request's records are slices of its frame and are gone when the handler returns.
 */
@NullMarked
package io.tailrace.server.api;

import org.jspecify.annotations.NullMarked;
