/**
 * Configuration files: which keys a process knows, and the values it was given.
 *
 * <p>A process declares its {@link io.tailrace.config.ConfigKeys} and reads a properties file against them. Values given
 * with {@code --set} override the file's. A key that is unknown or a value that is not accepted is refused by name before
 * anything starts.
 *
 * <p>Everything here is immutable, apart from {@link io.tailrace.config.ConfigOptions}, which picocli fills. Knows
 * nothing of any process.
 */
@NullMarked
package io.tailrace.config;

import org.jspecify.annotations.NullMarked;
