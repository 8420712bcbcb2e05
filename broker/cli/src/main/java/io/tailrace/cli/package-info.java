/**
 * What every Tailrace command has in common, and the commands that need nothing but a client.
 *
 * <p>A process is a picocli command run by {@link io.tailrace.cli.CommandRunner}, which fixes the exit codes and how
 * errors are told. A server reads a properties file against its {@link io.tailrace.cli.ConfigKeys}: a key nobody
 * knows or a value out of bounds is refused by name before anything starts. What a command prints for programs goes
 * to standard output, everything else, logs included, to standard error.
 *
 * <p>Knows the client and nothing of brokers' insides, Hadoop or schemas.
 */
@NullMarked
package io.tailrace.cli;

import org.jspecify.annotations.NullMarked;
