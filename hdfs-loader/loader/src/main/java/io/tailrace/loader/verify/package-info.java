/**
 * Computes the sums of files from their rows: each row becomes the record that was loaded, in the encoding that agents
 * use.
 *
 * <p>The way back from a row has two parts, each the inverse of a step of the load: from the row to the event
 * ({@link io.tailrace.loader.table.RowMapper}), and from the event to the record of the writer's schema
 * ({@link io.tailrace.loader.verify.RecordRestorer}). What a row cannot give back is never guessed. One row is in memory
 * at a time, beside the row group that Parquet's reader has.
 */
@NullMarked
package io.tailrace.loader.verify;

import org.jspecify.annotations.NullMarked;
