/**
 * Writes Avro binary to Parquet columns without building a record: what the task does with most values.
 *
 * <p>{@link io.tailrace.loader.task.columns.ColumnPlan} is made once per writer schema, from Avro's own resolution of that schema
 * to the events' schema. It first checks a value to its end, because a row cannot be taken back, and then writes it. It accepts
 * only values that Avro's reader accepts, and gives the same row; a test compares both over random schemas. A schema or value that
 * it does not accept is left to Avro's reader, the reference.
 *
 * <p>Knows nothing of records, files or hours. Not thread-safe.
 */
@NullMarked
package io.tailrace.loader.task.columns;

import org.jspecify.annotations.NullMarked;
