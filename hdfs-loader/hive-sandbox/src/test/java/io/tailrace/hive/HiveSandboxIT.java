package io.tailrace.hive;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.process.CommandRunner;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class HiveSandboxIT {

    static HiveSandbox sandbox;

    @BeforeAll
    static void start(@TempDir Path dir) throws Exception {
        sandbox = HiveSandbox.start(dir, new SandboxPorts(0, 0, 0));
    }

    @AfterAll
    static void stop() throws Exception {
        sandbox.close();
    }

    @Test
    void queriesParquetOnItsHdfs() {
        Run run = hive(
                "create external table visits (page string) partitioned by (dt string) stored as parquet location '"
                        + sandbox.ports().hdfsUri() + "/visits'",
                "insert into visits partition (dt = '2015-05-17') values ('/a'), ('/b'), ('/a');",
                "select page, count(*) as visits from visits group by page order by page");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().strip()).isEqualTo("[{\"page\":\"/a\",\"visits\":2},{\"page\":\"/b\",\"visits\":1}]");
    }

    @Test
    void reportsAnInvalidStatementInOneLine() {
        Run run = hive("select nothing from nowhere");

        assertThat(run.exitCode()).isEqualTo(CommandRunner.FAILURE);
        assertThat(run.err()).contains("nowhere").hasLineCount(1);
    }

    private static Run hive(String... statements) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = CommandRunner.commandLine(new HiveCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));
        List<String> args = new ArrayList<>(List.of("--url", sandbox.ports().jdbcUrl(), "--output", "json"));
        for (String sql : statements) {
            args.add("-e");
            args.add(sql);
        }
        return new Run(commandLine.execute(args.toArray(new String[0])), out.toString(), err.toString());
    }

    private record Run(int exitCode, String out, String err) {}
}
