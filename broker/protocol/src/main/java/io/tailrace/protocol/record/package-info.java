/**
 * Record batches v2 (magic 2): reading, building, checking, compression.
 *
 * <p>A batch is never copied to be looked at: {@link RecordBatch} reads its header where the bytes lie,
 * {@link RecordCursor} walks its records without an allocation for each. What comes from outside is taken for
 * hostile: a length or count is checked against the bytes that are there before anything follows it, decompression
 * stops at a bound, and whatever does not hold is a {@link CorruptBatchException} naming position, expected and
 * actual. {@code docs/format.md} draws the layout.
 *
 * <p>Offsets are inclusive unless the name says next. Times are milliseconds since the epoch, passed in, never read
 * from a clock. Classes with state belong to one thread at a time. Nothing here knows files, sockets or partitions.
 */
@NullMarked
package io.tailrace.protocol.record;

import org.jspecify.annotations.NullMarked;
