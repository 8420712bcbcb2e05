/**
 * Tailrace as users see it: real processes, started by {@code scripts/tailrace} from the build's output, and third-party
 * clients.
 *
 * <p>{@link io.tailrace.systemtests.LocalCluster} starts and stops the processes of a test. Ports are ephemeral, and all files
 * of the processes are in {@code target/processes/TEST}; when a test fails, the last lines of their output are printed. Two
 * classes run at the same time and share nothing (docs/adr/0154). Tests that cut links run each process on its own host in a
 * {@link io.tailrace.systemtests.PrivateNetwork} (docs/adr/0073). {@code io.tailrace.replication.history} judges what the
 * clients sent and read, and what groups committed. Nothing here may depend on a broker class.
 */
@NullMarked
package io.tailrace.systemtests;

import org.jspecify.annotations.NullMarked;
