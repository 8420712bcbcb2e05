/**
 * The metrics and health of a broker, for Prometheus and health checks.
 *
 * <p>Every value is read at the scrape, from state and counters that the other packages keep anyway; they do not depend on this
 * package. Names are those of kafka_exporter and of the JMX exporter with the rules of Strimzi, so that existing dashboards and
 * alerts work; metrics that only Tailrace has are named {@code tailrace_*}. {@code docs/monitoring.md} lists them, and a test
 * compares the list.
 *
 * <p>If all brokers know a value, only one reports it (the partition's leader or the controller), so that sums over brokers are
 * right.
 */
@NullMarked
package io.tailrace.server.monitor;

import org.jspecify.annotations.NullMarked;
