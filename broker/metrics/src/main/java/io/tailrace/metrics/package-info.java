/**
 * The HTTP endpoint through which a process is watched: {@code /metrics} for Prometheus, {@code /health/live} and {@code
 * /health/ready} for whatever restarts processes or routes requests to them. It is off unless {@code metrics.listener} is set.
 *
 * <p>A process registers its metrics with {@link io.tailrace.metrics.Metrics}. Each value is read when it is scraped, on a
 * thread of the endpoint, so what supplies it must be thread-safe and must not block. Nothing is counted here: parts of a process
 * count with {@link java.util.concurrent.atomic.LongAdder} and the like, whether or not there is an endpoint.
 *
 * <p>Threads, connections and the time of a request are bounded. There is no authentication: listen on loopback or on a trusted
 * network only.
 *
 * <p>Knows configuration, and no other part of a process. The names of the metrics are in {@code docs/monitoring.md}.
 */
@NullMarked
package io.tailrace.metrics;

import org.jspecify.annotations.NullMarked;
