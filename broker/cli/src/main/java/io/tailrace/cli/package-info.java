/**
 * The commands that need only a client: {@code cluster}, {@code topics}, {@code reassign}, {@code produce},
 * {@code consume} and {@code lag}.
 *
 * <p>Each command is a class of its own, run by {@link io.tailrace.process.CommandRunner}. Commands get their clients
 * from {@link io.tailrace.cli.Clients}, so that tests run them against fakes.
 *
 * <p>Knows the client, and neither brokers' insides nor Hadoop nor schemas.
 */
@NullMarked
package io.tailrace.cli;

import org.jspecify.annotations.NullMarked;
