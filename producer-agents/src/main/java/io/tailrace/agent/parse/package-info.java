/**
 * Parses lines into records.
 *
 * <p>There is a {@link io.tailrace.agent.parse.LineParser} for each format. A parser keeps values as the log has them, and
 * leaves host, file and byte offset to its caller. Not thread-safe: each thread needs its own parser. Knows nothing of
 * files, positions or brokers.
 */
@NullMarked
package io.tailrace.agent.parse;

import org.jspecify.annotations.NullMarked;
