/**
 * Tailrace as its users meet it: real processes, started by {@code scripts/tailrace} from what the build has made, and
 * clients that others wrote.
 *
 * <p>{@link io.tailrace.systemtests.LocalCluster} starts and stops what a test needs; ports are free ones, and everything
 * the processes write stands in {@code target/processes/TEST}, shown in part when a test fails. Tests that cut links give each
 * process a host of its own in a {@link io.tailrace.systemtests.PrivateNetwork} (docs/adr/0073). What clients saw is judged
 * by {@code io.tailrace.replication.history}. Nothing in here may know a class of the broker.
 */
@NullMarked
package io.tailrace.systemtests;

import org.jspecify.annotations.NullMarked;
