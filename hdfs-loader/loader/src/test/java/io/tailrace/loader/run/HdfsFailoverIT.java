package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HDFS fails over to its other NameNode before the commit point of a load, and between it and the publications. */
class HdfsFailoverIT {
    /** The first task has written its files, and others have not. */
    private static final String WHILE_WRITING = "WHILE_WRITING";

    private static final int EVENTS = 12;
    private static final int TASKS_BEFORE = 2;
    private static final int TASK_BYTES = 150;
    private static final long SEED = 11;
    private static final AtomicInteger FOLDERS = new AtomicInteger();
    private static HaHdfs hdfs;

    private final FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
    private final FakeCatalog catalog = new FakeCatalog();
    private TestLoader loader;

    @BeforeAll
    static void start(@TempDir java.nio.file.Path dir) throws IOException {
        hdfs = new HaHdfs(dir);
    }

    @AfterAll
    static void stop() {
        hdfs.close();
    }

    @BeforeEach
    void load() throws IOException {
        Path root = HaHdfs.path("/failover-" + FOLDERS.incrementAndGet());
        Configuration client = hdfs.client();
        loader = new TestLoader(root, client, cluster, new FakeRegistry(), Store.open(root, client))
                .catalog(catalog)
                .taskBytesMax(TASK_BYTES);
        AccessLog.append(cluster, loader.registry, EVENTS, SEED);
        loader.load();
        AccessLog.append(cluster, loader.registry, EVENTS, SEED);
    }

    @AfterEach
    void close() throws IOException {
        loader.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {WHILE_WRITING, "MANIFEST_STAGED", "MANIFEST_PUBLISHED", "FILE_MOVED"})
    void aLoadGoesOnWithTheOtherNameNode(String point) throws IOException {
        TopicOutcome outcome = loadWith(point, HdfsFailoverIT::failOver, ms -> {});

        assertThat(outcome.problems()).isEmpty();
        assertExact(2 * EVENTS);
        assertNextLoadIsExact();
    }

    @ParameterizedTest
    @ValueSource(strings = {WHILE_WRITING, "MANIFEST_STAGED", "MANIFEST_PUBLISHED", "FILE_MOVED"})
    void aLoadWaitsUntilTheOtherNameNodeTakesOver(String point) throws IOException {
        TopicOutcome outcome = loadWith(point, hdfs::standDown, new TakeOver());

        assertThat(outcome.problems()).isEmpty();
        assertExact(2 * EVENTS);
        assertNextLoadIsExact();
    }

    @ParameterizedTest
    @ValueSource(strings = {WHILE_WRITING, "MANIFEST_STAGED", "MANIFEST_PUBLISHED", "FILE_MOVED"})
    void theNextLoadCompletesWhatALoadWithoutAnActiveNameNodeCouldNot(String point) throws IOException {
        TopicOutcome outcome = loadWith(point, hdfs::standDown, ms -> {});

        assertThat(outcome.problems()).isNotEmpty().allSatisfy(problem -> assertThat(problem)
                .contains("HDFS has no active NameNode")
                .doesNotContain("\n"));
        hdfs.takeOver();
        assertNextLoadIsExact();
    }

    @Test
    void aLoadOutlastsTheEndOfTheActiveNameNode() throws IOException {
        TopicOutcome outcome = loadWith("MANIFEST_STAGED", hdfs::stopActive, new TakeOver());

        assertThat(outcome.problems()).isEmpty();
        assertExact(2 * EVENTS);
        hdfs.restartStandby();
        assertNextLoadIsExact();
    }

    /** In the first pause of a load, the other NameNode becomes active. */
    private static final class TakeOver implements Retries.Pause {
        private boolean isDone;

        @Override
        public void pause(long ms) {
            if (!isDone) {
                isDone = true;
                run(hdfs::takeOver);
            }
        }
    }

    private static void failOver() throws IOException {
        hdfs.standDown();
        hdfs.takeOver();
    }

    /** Loads, repeating failures that may pass twice; {@code change} happens at a point of the load. */
    private TopicOutcome loadWith(String point, FaultInjector.Rival change, Retries.Pause pause) {
        AtomicInteger before = new AtomicInteger(point.equals(WHILE_WRITING) ? TASKS_BEFORE : 1);
        loader.onLoaded(records -> at(point, WHILE_WRITING, before, change));
        TopicOutcome outcome =
                loader.loadTopic(new Retries(2, 1, pause, () -> 0), step -> at(point, step.name(), before, change));
        assertThat(before.get()).as("reached " + point).isLessThanOrEqualTo(0);
        return outcome;
    }

    private static void at(String point, String reached, AtomicInteger before, FaultInjector.Rival change) {
        if (point.equals(reached) && before.decrementAndGet() == 0) {
            run(change);
        }
    }

    private static void run(FaultInjector.Rival change) {
        try {
            change.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertNextLoadIsExact() throws IOException {
        AccessLog.append(cluster, loader.registry, 2, SEED);
        assertThat(loader.load().failures()).isEqualTo(List.of());
        assertExact(2 * EVENTS + 2);
    }

    private void assertExact(int rows) throws IOException {
        new Outcome(loader, catalog, "").assertExact(rows, 0);
    }
}
