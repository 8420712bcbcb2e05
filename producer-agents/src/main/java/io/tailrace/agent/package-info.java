/**
 * The agent on a web server: tail, parse, send in batches, checkpoint.
 *
 * <p>One thread runs the loop: scan the directories, take what was acknowledged into the checkpoint, read and send what
 * comes next. A chunk of a file is sent only when the checkpoint on disk covers the one before, so a crash repeats at
 * most one chunk a file. What may be in flight is bounded; when brokers do not answer, nothing more is read, and the log
 * on disk is the buffer.
 *
 * <p>Knows the client's and the schema registry's interfaces, and nothing of brokers' insides or of the loader.
 */
@NullMarked
package io.tailrace.agent;

import org.jspecify.annotations.NullMarked;
