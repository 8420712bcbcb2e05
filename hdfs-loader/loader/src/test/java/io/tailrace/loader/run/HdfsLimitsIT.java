package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.run.FaultInjector.Fault;
import io.tailrace.loader.store.Store;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HDFS is in safe mode, full, or restarted from one of a load's calls on. */
class HdfsLimitsIT {
    private static final int EVENTS = 8;
    private static final long SEED = 6;
    private static final AtomicInteger FOLDERS = new AtomicInteger();
    private static final Configuration HADOOP = new Configuration();
    private static MiniHdfs hdfs;

    private final FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
    private final FakeCatalog catalog = new FakeCatalog();
    private Path root = new Path("/");
    private TestLoader loader;

    @BeforeAll
    static void start(@TempDir java.nio.file.Path dir) throws IOException {
        hdfs = new MiniHdfs(dir);
    }

    @AfterAll
    static void stop() {
        hdfs.close();
    }

    @BeforeEach
    void load() throws IOException {
        root = hdfs.path("/limits-" + FOLDERS.incrementAndGet());
        loader = new TestLoader(root, HADOOP, cluster, new FakeRegistry(), Store.open(root, HADOOP)).catalog(catalog);
        AccessLog.append(cluster, loader.registry, EVENTS, SEED);
        loader.load();
        AccessLog.append(cluster, loader.registry, EVENTS, SEED);
    }

    @AfterEach
    void close() throws IOException {
        loader.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 60, 100})
    void safeModeFailsALoadThatTheNextOneCompletes(int call) throws IOException {
        TopicOutcome outcome = loadWith(call, () -> hdfs.safeMode(true), ms -> {});

        assertThat(outcome.problems()).isNotEmpty().allSatisfy(problem -> assertThat(problem)
                .containsIgnoringCase("safe mode"));
        hdfs.safeMode(false);
        assertNextLoadIsExact();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 60, 100})
    void safeModeThatEndsIsWaitedFor(int call) throws IOException {
        TopicOutcome outcome = loadWith(call, () -> hdfs.safeMode(true), ms -> leaveSafeMode());

        assertThat(outcome.problems()).isEmpty();
        new Outcome(loader, catalog, "safe mode at call " + call).assertExact(2 * EVENTS, 0);
        assertNextLoadIsExact();
    }

    private static void leaveSafeMode() {
        try {
            hdfs.safeMode(false);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 50})
    void aFullFileSystemFailsALoadThatTheNextOneCompletes(int call) throws IOException {
        TopicOutcome outcome = loadWith(call, () -> hdfs.full(root, true), ms -> {});

        assertThat(outcome.problems())
                .singleElement()
                .asString()
                .contains("quota", root.toUri().getPath());
        hdfs.full(root, false);
        assertNextLoadIsExact();
    }

    @ParameterizedTest
    @ValueSource(ints = {35, 100})
    void aRestartOfTheNameNodeLosesNothing(int call) throws IOException {
        TopicOutcome outcome = loadWith(call, hdfs::restartNameNode, ms -> {});

        if (outcome.isComplete()) {
            new Outcome(loader, catalog, "restart at call " + call).assertExact(2 * EVENTS, 0);
        }
        assertNextLoadIsExact();
    }

    /** Loads, repeating failures that may pass twice; {@code change} happens before one of the calls. */
    private TopicOutcome loadWith(int call, FaultInjector.Rival change, Retries.Pause pause) throws IOException {
        FaultInjector faults = new FaultInjector(Fault.RIVAL, call, change);
        try (TestLoader faulty = new TestLoader(root, HADOOP, loader, faults).catalog(catalog)) {
            TopicOutcome outcome = faulty.loadTopic(new Retries(2, 1, pause, () -> 0));
            assertThat(faults.failed())
                    .as("call " + call + " of " + faults.calls().size())
                    .isNotEmpty();
            return outcome;
        }
    }

    private void assertNextLoadIsExact() throws IOException {
        AccessLog.append(cluster, loader.registry, 2, SEED);
        assertThat(loader.load().failures()).isEqualTo(List.of());
        new Outcome(loader, catalog, "next load").assertExact(2 * EVENTS + 2, 0);
    }
}
