/**
 * The agent on a web server: tails logs, parses lines, sends records, keeps a checkpoint.
 *
 * <p>One thread runs the loop: it scans the directories, writes acknowledged positions to the checkpoint, and reads and
 * sends the next chunks of each file. A chunk is sent only when the checkpoint names it. At most four chunks of a file are in
 * flight, which is what a crash repeats. The memory in flight is bounded. While brokers do not answer, nothing more is
 * read, and the log on disk is the buffer.
 *
 * <p>Knows the interfaces of the client and the schema registry, and nothing of the inside of brokers or the loader.
 */
@NullMarked
package io.tailrace.agent;

import org.jspecify.annotations.NullMarked;
