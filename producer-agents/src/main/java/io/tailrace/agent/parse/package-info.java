/**
 * Makes a record of a line, or says why not.
 *
 * <p>Each format is a {@link io.tailrace.agent.parse.LineParser}. A parser keeps values as they stand in the log, fills
 * what the line says, and leaves host, file and byte offset to its caller. Not thread-safe: one parser for each thread.
 * Knows nothing of files, positions or brokers.
 */
@NullMarked
package io.tailrace.agent.parse;

import org.jspecify.annotations.NullMarked;
