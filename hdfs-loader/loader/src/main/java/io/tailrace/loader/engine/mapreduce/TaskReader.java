package io.tailrace.loader.engine.mapreduce;

import io.tailrace.loader.task.TaskSpec;
import java.util.List;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;

/**
 * Gives a map its tasks. The key is the reader itself: the map reports to it what is done, and {@link #nextKeyValue} does not move it.
 * Used by the map's thread.
 *
 * <p>Hadoop reads a map's progress when the map asks for its next record, and at no other time. A map whose one record is
 * a task of minutes would show no progress, and be taken for a straggler. So the map also asks while it works on a task.
 */
final class TaskReader extends RecordReader<TaskReader, TaskSpec> {
    private List<TaskSpec> tasks = List.of();
    private long offsetsTotal;
    private int current;
    private long offsetsOfFinished;
    private long recordsOfCurrent;

    @Override
    public void initialize(InputSplit split, TaskAttemptContext context) {
        read(((TaskSplit) split).tasks());
    }

    void read(List<TaskSpec> all) {
        tasks = all;
        offsetsTotal = all.stream().mapToLong(task -> task.range().length()).sum();
    }

    /** More records of the current task are done. */
    void loaded(long records) {
        recordsOfCurrent += records;
    }

    /** The current task is done. */
    void next() {
        offsetsOfFinished += getCurrentValue().range().length();
        recordsOfCurrent = 0;
        current++;
    }

    @Override
    public boolean nextKeyValue() {
        return current < tasks.size();
    }

    @Override
    public TaskReader getCurrentKey() {
        return this;
    }

    @Override
    public TaskSpec getCurrentValue() {
        return tasks.get(current);
    }

    /** The share of the offsets that is done, from 0 to 1. */
    @Override
    public float getProgress() {
        if (!nextKeyValue()) {
            return 1;
        }
        // Records may be fewer than offsets, never more. A task has at least one offset.
        long length = getCurrentValue().range().length();
        return (float) (offsetsOfFinished + Math.min(recordsOfCurrent, length)) / offsetsTotal;
    }

    @Override
    public void close() {}
}
