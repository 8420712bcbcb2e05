package io.tailrace.loader.engine;

import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.task.TaskResult;
import io.tailrace.loader.task.TaskSpec;
import java.io.IOException;
import java.util.List;
import java.util.function.LongConsumer;

/** Runs tasks, in this process or elsewhere. */
public interface Engine {

    /**
     * Runs all tasks.
     *
     * @param loaded receives the number of records done since the last call, on any thread
     * @param abort stops the tasks if it throws; thread-safe
     * @return the results in the order of the tasks
     * @throws IOException the first failure, once no task runs
     */
    List<TaskResult> run(List<TaskSpec> tasks, LongConsumer loaded, AbortCheck abort) throws IOException;
}
