package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.commit.CommitStep;
import io.tailrace.loader.table.TableKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Kills the loader process with {@code kill -9} at each step; the next load completes the work. */
class KillIT {
    static final long SEED = 9;

    private static final int EVENTS = 40;
    private static final int SIGKILL_EXIT_CODE = 128 + 9;
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

    static Stream<Arguments> steps() {
        Stream<String> steps = Stream.concat(
                Stream.of(KilledLoad.WHILE_WRITING),
                Stream.of(CommitStep.values()).map(Enum::name));
        return steps.flatMap(step -> Stream.of(Arguments.of("file", step), Arguments.of("hdfs", step)));
    }

    @ParameterizedTest
    @MethodSource("steps")
    void nextLoadLeavesTheSameRows(String scheme, String step) throws Exception {
        String folder = "/kill-" + FOLDERS.incrementAndGet();
        org.apache.hadoop.fs.Path root =
                scheme.equals("hdfs") ? hdfs.path(folder) : new org.apache.hadoop.fs.Path(dir.toUri() + folder);

        assertThat(runUntilKilled(root, step)).isEqualTo(SIGKILL_EXIT_CODE);

        FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
        FakeRegistry registry = new FakeRegistry();
        var expected = AccessLog.append(cluster, registry, EVENTS, SEED);
        try (TestLoader loader = new TestLoader(root, new Configuration(), cluster, registry)) {
            loader.load();

            assertThat(loader.rowsByStatus()).isEqualTo(expected);
            assertThat(loader.positions(TableKind.ROWS)).hasSize(EVENTS).doesNotHaveDuplicates();
            assertThat(loader.store.names(loader.layout().staging())).isEmpty();
            assertThat(loader.load().rows()).isZero();
        }
    }

    private static int runUntilKilled(org.apache.hadoop.fs.Path root, String step) throws Exception {
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
                        KilledLoad.class.getName(),
                        root.toString(),
                        step,
                        occurrence,
                        Integer.toString(EVENTS)))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }
}
