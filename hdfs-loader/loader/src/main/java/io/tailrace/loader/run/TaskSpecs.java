package io.tailrace.loader.run;

import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.plan.OffsetSet;
import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.task.ErrorLimit;
import io.tailrace.loader.task.TaskSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the tasks of a run have in common.
 *
 * @param settings how the topic is loaded
 * @param series the topic's incarnation
 * @param schema the schema to which events are converted, or null if the topic has none
 * @param staging the run's staging folder
 * @param errors how many records may go to the error table
 * @param recordBytes the estimated size of a record
 */
public record TaskSpecs(
        LoadRun.Settings settings,
        int series,
        @Nullable Schema schema,
        Path staging,
        ErrorLimit errors,
        long recordBytes) {
    /** The size of a record that the first load of a topic assumes. */
    private static final long RECORD_BYTES_ESTIMATE = 512;

    /** The estimated size of a topic's record. */
    public static long recordBytes(TopicState state) {
        return state.recordBytes() == 0 ? RECORD_BYTES_ESTIMATE : state.recordBytes();
    }

    /**
     * Returns the tasks of a plan.
     *
     * @param excluded the offsets of a range whose records its task leaves out
     */
    public List<TaskSpec> of(Plan plan, Function<OffsetRange, OffsetSet> excluded) {
        List<TaskSpec> specs = new ArrayList<>();
        for (OffsetRange range : plan.tasks()) {
            specs.add(task(range, specs.size(), excluded.apply(range)));
        }
        return specs;
    }

    /** Returns a task of its own, with a number that no other task of the run has. */
    public TaskSpec task(OffsetRange range, int number, OffsetSet excluded) {
        return new TaskSpec(
                range,
                series,
                number,
                0,
                schema,
                settings.eventTimeField(),
                staging,
                settings.parquet(),
                errors,
                range.length() * recordBytes,
                excluded);
    }
}
