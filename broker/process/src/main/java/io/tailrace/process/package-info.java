/**
 * What every Tailrace process has in common.
 *
 * <p>A process is a picocli command run by {@link io.tailrace.process.CommandRunner}, which fixes the exit codes and the
 * form of errors. A server ends through {@link io.tailrace.process.ServerProcess}. Results go to standard output, as an
 * {@link io.tailrace.process.OutputTable} where they are rows; everything else, logs included, goes to standard error.
 *
 * <p>Knows configuration, and neither clients nor brokers.
 */
@NullMarked
package io.tailrace.process;

import org.jspecify.annotations.NullMarked;
