package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.commit.CommitStep;
import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.PublishedHour;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableDefinition;
import io.tailrace.loader.table.TableKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Ends a load at each step of its commit; the next load completes the work. */
abstract class CrashContract {
    private static final int EVENTS = 40;
    private static final long SEED = 3;

    abstract Path root() throws IOException;

    abstract Configuration hadoop();

    private static final class RecordingCatalog implements TableCatalog {
        final Map<String, Set<PathPartition>> partitions = new HashMap<>();

        @Override
        public void check(TableDefinition table) {}

        @Override
        public void publish(TableDefinition table, SortedMap<PathPartition, PublishedHour> hours) {
            partitions.computeIfAbsent(table.name(), name -> new HashSet<>()).addAll(hours.keySet());
        }

        @Override
        public void close() {}
    }

    /** Each step of a commit of several files with three publications, at each of its occurrences. */
    @ParameterizedTest
    @CsvSource({
        "FILES_STAGED, 1",
        "MANIFEST_STAGED, 1",
        "MANIFEST_PUBLISHED, 1",
        "FILE_MOVED, 1",
        "FILE_MOVED, 2",
        "PUBLISHED, 1",
        "PUBLISHED, 2",
        "PUBLISHED, 3",
        "MARKED, 1",
        "MARKED, 2",
        "MARKED, 3"
    })
    void nextRunLeavesTheSameRowsAfterACrashAtAnyStep(CommitStep last, int occurrence) throws IOException {
        int[] left = {occurrence};
        FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
        FakeRegistry registry = new FakeRegistry();
        RecordingCatalog catalog = new RecordingCatalog();
        try (TestLoader loader = new TestLoader(root(), hadoop(), cluster, registry).catalog(catalog)) {
            AccessLog.append(cluster, registry, EVENTS, SEED);
            loader.load();
            AccessLog.append(cluster, registry, EVENTS, SEED);

            assertThatThrownBy(() -> loader.load(Plan.OnGap.FAIL, step -> {
                        if (step == last && --left[0] == 0) {
                            throw new Crash();
                        }
                    }))
                    .isInstanceOf(Crash.class);
            // More records, so that the next run stages other files than the crashed one.
            AccessLog.append(cluster, registry, 2, SEED);
            loader.load();

            assertThat(loader.positions(TableKind.ROWS)).hasSize(2 * EVENTS + 2).doesNotHaveDuplicates();
            assertThat(catalog.partitions.get("access_log")).isEqualTo(partitionsOnDisk(loader));
            assertThat(cluster.groupOffsets()).isEqualTo(Map.of(AccessLog.P0, EVENTS + 1L, AccessLog.P1, EVENTS + 1L));
            assertThat(loader.store.names(loader.layout().staging())).isEmpty();
        }
    }

    @Test
    void repeatedCrashesWhileFinishingACommitLoseNothing() throws IOException {
        FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
        FakeRegistry registry = new FakeRegistry();
        try (TestLoader loader = new TestLoader(root(), hadoop(), cluster, registry)) {
            AccessLog.append(cluster, registry, EVENTS, SEED);
            List<CommitStep> crashes = new ArrayList<>(List.of(
                    CommitStep.MANIFEST_PUBLISHED,
                    CommitStep.FILE_MOVED,
                    CommitStep.FILE_MOVED,
                    CommitStep.PUBLISHED,
                    CommitStep.MARKED,
                    CommitStep.PUBLISHED));
            while (!crashes.isEmpty()) {
                CommitStep crashStep = crashes.remove(0);
                assertThatThrownBy(() -> loader.load(Plan.OnGap.FAIL, step -> {
                            if (step == crashStep) {
                                throw new Crash();
                            }
                        }))
                        .isInstanceOf(Crash.class);
            }

            assertThat(loader.load().rows()).isZero();
            assertThat(loader.positions(TableKind.ROWS)).hasSize(EVENTS).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FILES_STAGED", "MANIFEST_STAGED"})
    void runFencedByACrashedRunCannotCommit(CommitStep paused) throws IOException {
        FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
        FakeRegistry registry = new FakeRegistry();
        Path root = root();
        try (TestLoader pausedLoader = new TestLoader(root, hadoop(), cluster, registry);
                TestLoader other = new TestLoader(root, hadoop(), cluster, registry)) {
            AccessLog.append(cluster, registry, EVENTS, SEED);

            assertThatThrownBy(() -> pausedLoader.load(Plan.OnGap.FAIL, step -> {
                        if (step == paused) {
                            assertThatThrownBy(() -> other.load(Plan.OnGap.FAIL, CrashContract::crash))
                                    .isInstanceOf(Crash.class);
                        }
                    }))
                    .isInstanceOf(CommitConflictException.class);

            assertThat(other.load().rows()).isEqualTo(EVENTS);
            assertThat(other.positions(TableKind.ROWS)).hasSize(EVENTS).doesNotHaveDuplicates();
        }
    }

    private static void crash(CommitStep step) {
        throw new Crash();
    }

    @Test
    void runThatCommittedJustBeforeItWasFencedIsFinished() throws IOException {
        FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
        FakeRegistry registry = new FakeRegistry();
        try (TestLoader loader = new TestLoader(root(), hadoop(), cluster, registry)) {
            AccessLog.append(cluster, registry, EVENTS, SEED);
            assertThatThrownBy(() -> loader.load(Plan.OnGap.FAIL, step -> {
                        if (step == CommitStep.MANIFEST_PUBLISHED) {
                            throw new Crash();
                        }
                    }))
                    .isInstanceOf(Crash.class);
            Path staging = loader.layout().staging();
            String run = loader.store.names(staging).get(0);
            loader.store.move(new Path(staging, run), new Path(staging, "fenced-" + run));

            assertThat(loader.load().rows()).isZero();
            assertThat(loader.positions(TableKind.ROWS)).hasSize(EVENTS).doesNotHaveDuplicates();
        }
    }

    private static Set<PathPartition> partitionsOnDisk(TestLoader loader) throws IOException {
        Set<PathPartition> found = new HashSet<>();
        for (Path file : loader.files(TableKind.ROWS)) {
            Path hour = file.getParent();
            found.add(PathPartition.parse(hour.getParent().getName() + "/" + hour.getName()));
        }
        return found;
    }
}
