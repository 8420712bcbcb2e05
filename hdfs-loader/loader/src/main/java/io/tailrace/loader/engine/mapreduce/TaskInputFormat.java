package io.tailrace.loader.engine.mapreduce;

import io.tailrace.loader.store.Store;
import io.tailrace.loader.task.TaskSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.mapreduce.InputFormat;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;

/** Packs the run's tasks into splits by their estimated size. */
final class TaskInputFormat extends InputFormat<TaskReader, TaskSpec> {

    @Override
    public List<InputSplit> getSplits(JobContext context) throws IOException {
        JobParameters parameters = JobParameters.of(context.getConfiguration());
        List<InputSplit> splits = new ArrayList<>();
        try (Store store = Store.open(parameters.staging(), context.getConfiguration())) {
            List<TaskSpec> tasks = new JobFiles(store, parameters).readTasks();
            for (List<TaskSpec> split : SplitPacking.pack(tasks, TaskSpec::valueBytes, parameters.splitBytes())) {
                splits.add(new TaskSplit(
                        split, split.stream().mapToLong(TaskSpec::valueBytes).sum()));
            }
        }
        return splits;
    }

    @Override
    public RecordReader<TaskReader, TaskSpec> createRecordReader(InputSplit split, TaskAttemptContext context) {
        return new TaskReader();
    }
}
