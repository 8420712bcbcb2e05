package io.tailrace.loader.engine.mapreduce;

import io.tailrace.loader.task.TaskSpec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.io.Writable;
import org.apache.hadoop.mapreduce.InputSplit;

/** The tasks of one map. Brokers serve any node alike, so a split has no location. */
final class TaskSplit extends InputSplit implements Writable {
    private static final String[] ANYWHERE = {};

    private List<TaskSpec> tasks = List.of();
    private long bytes;

    /** For {@link #readFields}. */
    TaskSplit() {}

    /** @param bytes size of the values that the tasks load, estimated */
    TaskSplit(List<TaskSpec> tasks, long bytes) {
        this.tasks = List.copyOf(tasks);
        this.bytes = bytes;
    }

    List<TaskSpec> tasks() {
        return tasks;
    }

    @Override
    public long getLength() {
        return bytes;
    }

    @Override
    public String[] getLocations() {
        return ANYWHERE.clone();
    }

    @Override
    public void write(DataOutput out) throws IOException {
        byte[] json = TaskJson.encode(tasks);
        out.writeLong(bytes);
        out.writeInt(json.length);
        out.write(json);
    }

    @Override
    public void readFields(DataInput in) throws IOException {
        bytes = in.readLong();
        byte[] json = new byte[in.readInt()];
        in.readFully(json);
        tasks = TaskJson.specs(json, "the split of the map");
    }
}
