package io.tailrace.loader.engine.mapreduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.engine.mapreduce.TaskJson.Failure;
import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.task.TaskResult;
import io.tailrace.loader.task.TaskSpec;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.TaskType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the attempts of a job leave in the staging folder, and which of it counts. */
class JobFilesTest {
    private static final TaskAttemptID FIRST = attempt(0, 0);
    private static final TaskAttemptID SECOND = attempt(0, 1);
    private static final TaskAttemptID OTHER_MAP = attempt(1, 1000);

    private Path staging = new Path("/");
    private Store store;
    private JobFiles files;

    @BeforeEach
    void open(@TempDir java.nio.file.Path dir) throws IOException {
        staging = new Path(dir.resolve("run").toUri());
        store = Store.open(staging, new Configuration());
        store.makeFolder(staging);
        files = new JobFiles(store, Tasks.parameters(staging));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private static TaskAttemptID attempt(int map, int attempt) {
        return new TaskAttemptID("1", 1, TaskType.MAP, map, attempt);
    }

    private List<Long> valueBytes(int tasks) throws IOException {
        List<TaskSpec> specs = java.util.stream.IntStream.range(0, tasks)
                .mapToObj(number -> Tasks.task(number, staging, 1))
                .toList();
        return files.readResults(specs).stream().map(TaskResult::valueBytes).toList();
    }

    @Test
    void theFirstAttemptThatPublishesCounts() throws IOException {
        assertThat(files.hasResults(FIRST)).isFalse();

        files.publishResults(SECOND, Tasks.results(20, 0, 2));
        files.publishResults(FIRST, Tasks.results(10, 0, 2));
        files.publishResults(OTHER_MAP, Tasks.results(30, 1));

        assertThat(files.hasResults(FIRST)).isTrue();
        assertThat(valueBytes(3)).containsExactly(20L, 30L, 20L);
    }

    @Test
    void aTaskWithoutResultIsRefused() throws IOException {
        files.publishResults(FIRST, Tasks.results(10, 1));

        assertThatThrownBy(() -> valueBytes(2))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected one of task 0, found none");
    }

    @Test
    void aTaskInTwoMapsIsRefused() throws IOException {
        files.publishResults(FIRST, Tasks.results(10, 0));
        files.publishResults(OTHER_MAP, Tasks.results(10, 0));

        assertThatThrownBy(() -> valueBytes(1)).hasMessageContaining("expected one of task 0, found two");
    }

    @Test
    void afterTheRunIsFencedNothingIsWritten() throws IOException {
        Path fenced = new Path(staging.getParent(), "fenced-run");
        store.move(staging, fenced);

        assertThatThrownBy(() -> files.publishResults(SECOND, Tasks.results(10, 0)))
                .isInstanceOf(CommitConflictException.class);
        assertThat(store.exists(staging)).isFalse();
    }

    @Test
    void theLastAttemptOfAMapSaysWhyItFailed() throws IOException {
        assertThat(files.readFailure()).isEmpty();

        files.writeFailure(new Failure(FIRST.toString(), "node-1", "disk full"));
        files.writeFailure(new Failure(SECOND.toString(), "node-2", "no route"));

        assertThat(files.readFailure()).contains(new Failure(SECOND.toString(), "node-2", "no route"));
    }
}
