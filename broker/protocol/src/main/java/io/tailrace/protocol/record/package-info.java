/**
 * Record batches v2 (magic 2): reading, building, validation, compression.
 *
 * <p>Batches are read in place: {@link RecordBatch} reads the header, {@link RecordCursor} the records, without an
 * allocation per record. Input is not trusted: lengths and counts are checked against the remaining bytes before use,
 * decompression stops at a limit, and any fault is a {@link CorruptBatchException} with position, expected and actual
 * values. {@code docs/format.md} draws the layout.
 *
 * <p>Offsets are inclusive unless named next. Times are milliseconds since the epoch, given as arguments. Classes with
 * state belong to one thread at a time. Nothing here knows files, sockets or partitions.
 */
@NullMarked
package io.tailrace.protocol.record;

import org.jspecify.annotations.NullMarked;
