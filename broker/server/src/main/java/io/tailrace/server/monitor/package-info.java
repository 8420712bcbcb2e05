/**
 * What Prometheus and health checks see of a broker.
 *
 * <p>Every value is read when it is scraped, from what the other packages know and count anyway; nothing else depends on this
 * package. Names are those of kafka_exporter and of the JMX exporter with the rules of Strimzi, so that dashboards and alerts fit;
 * what only Tailrace has is named {@code tailrace_*}. {@code docs/monitoring.md} lists them, and a test compares the list.
 *
 * <p>Of a value that all brokers know, only one broker reports it, so that sums over brokers are right: a partition's leader, or
 * the controller.
 */
@NullMarked
package io.tailrace.server.monitor;

import org.jspecify.annotations.NullMarked;
