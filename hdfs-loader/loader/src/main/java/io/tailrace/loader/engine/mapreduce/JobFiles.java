package io.tailrace.loader.engine.mapreduce;

import io.tailrace.loader.engine.mapreduce.TaskJson.Failure;
import io.tailrace.loader.engine.mapreduce.TaskJson.MapResult;
import io.tailrace.loader.engine.mapreduce.TaskJson.Numbered;
import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.task.TaskResult;
import io.tailrace.loader.task.TaskSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.TaskAttemptID;

/**
 * A job's files in the run's staging folder. They are deleted with the folder.
 *
 * <pre>
 * JOB-tasks.json               all tasks
 * JOB-attempt-ATTEMPT.json     results of an attempt of a map that are not published
 * JOB-result-MAP.json          results of a map
 * JOB-failed-ATTEMPT.json      why an attempt of a map failed
 * </pre>
 */
final class JobFiles {
    private static final int FAILURES_READ_MAX = 100;

    private final Store store;
    private final Path staging;
    private final String job;

    JobFiles(Store store, JobParameters parameters) {
        this.store = store;
        this.staging = parameters.staging();
        this.job = parameters.job();
    }

    void writeTasks(List<TaskSpec> tasks) throws IOException {
        store.write(tasks(), TaskJson.encode(tasks));
    }

    List<TaskSpec> readTasks() throws IOException {
        return TaskJson.specs(store.read(tasks()), tasks().toString());
    }

    /**
     * Makes the results of an attempt those of its map by one atomic move, unless another attempt has done so: then those
     * of the other attempt count.
     *
     * @throws CommitConflictException if the staging folder is gone
     */
    void publishResults(TaskAttemptID attempt, List<Numbered> results) throws IOException {
        Path own = new Path(staging, job + "-attempt-" + attempt + ".json");
        store.write(own, TaskJson.encode(new MapResult(results)));
        try {
            store.publish(own, result(attempt));
        } catch (CommitConflictException e) {
            if (!hasResults(attempt)) {
                throw e;
            }
        }
    }

    /** Whether any attempt of the map has published its results. */
    boolean hasResults(TaskAttemptID attempt) throws IOException {
        return store.exists(result(attempt));
    }

    /**
     * Returns the published results.
     *
     * @param tasks the job's tasks
     * @return a result for each task, in their order
     * @throws IOException if a task has no result or more than one
     */
    List<TaskResult> readResults(List<TaskSpec> tasks) throws IOException {
        Map<Integer, TaskResult> results = new HashMap<>();
        for (String name : names("-result-")) {
            Path file = new Path(staging, name);
            for (Numbered numbered : TaskJson.decode(store.read(file), MapResult.class, file.toString())
                    .results()) {
                if (results.put(numbered.number(), numbered.result()) != null) {
                    throw new IOException("results of the job in " + staging + ": expected one of task "
                            + numbered.number() + ", found two");
                }
            }
        }
        List<TaskResult> ordered = new ArrayList<>();
        for (TaskSpec task : tasks) {
            TaskResult result = results.get(task.number());
            if (result == null) {
                throw new IOException("results of the job in " + staging + ": expected one of task " + task.number()
                        + ", found none");
            }
            ordered.add(result);
        }
        return ordered;
    }

    void writeFailure(Failure failure) throws IOException {
        store.write(new Path(staging, job + "-failed-" + failure.attempt() + ".json"), TaskJson.encode(failure));
    }

    /** Returns why the map failed that failed most often, or empty if no attempt could say so. */
    Optional<Failure> readFailure() throws IOException {
        List<String> names = names("-failed-");
        Optional<Failure> last = Optional.empty();
        int attempt = -1;
        for (String name : names.subList(0, Math.min(names.size(), FAILURES_READ_MAX))) {
            Path file = new Path(staging, name);
            Failure failure = TaskJson.decode(store.read(file), Failure.class, file.toString());
            int id = TaskAttemptID.forName(failure.attempt()).getId();
            if (id > attempt) {
                attempt = id;
                last = Optional.of(failure);
            }
        }
        return last;
    }

    private List<String> names(String kind) throws IOException {
        return store.names(staging).stream()
                .filter(name -> name.startsWith(job + kind))
                .toList();
    }

    private Path tasks() {
        return new Path(staging, job + "-tasks.json");
    }

    private Path result(TaskAttemptID attempt) {
        return new Path(staging, job + "-result-" + attempt.getTaskID().getId() + ".json");
    }
}
