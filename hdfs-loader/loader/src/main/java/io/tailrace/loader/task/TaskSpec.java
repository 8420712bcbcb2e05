package io.tailrace.loader.task;

import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.plan.OffsetSet;
import org.apache.avro.Schema;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * What one task does: data, so that it can be sent to another process.
 *
 * @param range the offsets to load
 * @param series the topic's incarnation, which is part of the files' names
 * @param number the task's number in its run, from 0
 * @param attempt number of the attempt, from 0; attempts write different files, and only those of one are committed
 * @param eventSchema the schema to which events are converted, or null if the topic has none
 * @param eventTimeField the field of an event that has its time
 * @param staging the run's staging folder
 * @param parquet settings of the files
 * @param errors how many records may go to the error table
 * @param valueBytes total size of the values in the range, estimated, from which an engine balances its work
 * @param excluded offsets of the range whose records the task leaves out
 */
public record TaskSpec(
        OffsetRange range,
        int series,
        int number,
        int attempt,
        @Nullable Schema eventSchema,
        String eventTimeField,
        Path staging,
        ParquetSettings parquet,
        ErrorLimit errors,
        long valueBytes,
        OffsetSet excluded) {

    /** Returns the same task with another number of the attempt. */
    public TaskSpec withAttempt(int other) {
        return new TaskSpec(
                range,
                series,
                number,
                other,
                eventSchema,
                eventTimeField,
                staging,
                parquet,
                errors,
                valueBytes,
                excluded);
    }
}
