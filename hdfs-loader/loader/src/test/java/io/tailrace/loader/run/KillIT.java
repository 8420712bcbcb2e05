package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.commit.CommitStep;
import io.tailrace.loader.table.TableKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Kills the loader process with {@code kill -9} at each step of its work; the next run completes it. */
class KillIT {
    private static final int SIGKILL_EXIT_CODE = 128 + 9;
    private static final List<String> SCHEMES = List.of("file", "hdfs");
    private static final AtomicInteger FOLDERS = new AtomicInteger();

    private static Path dir = Path.of("");
    private static MiniHdfs hdfs;

    @BeforeAll
    static void start(@TempDir Path temp) throws IOException {
        dir = temp;
        hdfs = new MiniHdfs(temp.resolve("hdfs"));
    }

    @AfterAll
    static void stop() {
        hdfs.close();
    }

    /** Loads are killed at each step on both file systems; the others, which commit in the same way, in turn on one of them. */
    static Stream<Arguments> kills() {
        List<String> steps = Stream.concat(
                        Stream.of(KilledRun.WHILE_WRITING),
                        Stream.of(CommitStep.values()).map(Enum::name))
                .toList();
        List<Arguments> kills = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            for (String scheme : SCHEMES) {
                kills.add(Arguments.of(KillableWork.LOAD, scheme, steps.get(i)));
            }
            kills.add(Arguments.of(KillableWork.RETRY_ERRORS, SCHEMES.get(i % 2), steps.get(i)));
            kills.add(Arguments.of(KillableWork.RELOAD, SCHEMES.get((i + 1) % 2), steps.get(i)));
        }
        return kills.stream();
    }

    @ParameterizedTest
    @MethodSource("kills")
    void theNextRunLeavesTheSameRows(KillableWork work, String scheme, String step) throws Exception {
        String folder = "/kill-" + FOLDERS.incrementAndGet();
        org.apache.hadoop.fs.Path root =
                scheme.equals("hdfs") ? hdfs.path(folder) : new org.apache.hadoop.fs.Path(dir.toUri() + folder);

        assertThat(runUntilKilled(work, root, step)).isEqualTo(SIGKILL_EXIT_CODE);

        FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
        FakeRegistry registry = new FakeRegistry();
        var expected = work.fill(cluster, registry);
        work.mend(registry);
        try (TestLoader loader = new TestLoader(root, new Configuration(), cluster, registry)) {
            work.run(loader, reached -> {});

            List<GenericRecord> rows = loader.liveRows(TableKind.ROWS);
            assertThat(TestLoader.byStatus(rows)).isEqualTo(expected);
            assertThat(TestLoader.positions(rows)).doesNotHaveDuplicates();
            assertThat(loader.liveRows(TableKind.ERRORS)).isEmpty();
            if (work == KillableWork.LOAD) {
                assertThat(loader.rowsByStatus())
                        .as("with files that no manifest has")
                        .isEqualTo(expected);
            }
            assertThat(loader.store.names(loader.layout().staging())).isEmpty();
            assertThat(loader.load().rows()).isZero();
        }
    }

    private static int runUntilKilled(KillableWork work, org.apache.hadoop.fs.Path root, String step) throws Exception {
        // At the second file, so that some files are published and some are not.
        String occurrence = step.equals(CommitStep.FILE_MOVED.name()) ? "2" : "1";
        Process process = new ProcessBuilder(List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dtailrace.log.level=ERROR",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledRun.class.getName(),
                        work.name(),
                        root.toString(),
                        step,
                        occurrence))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }
}
