package io.tailrace.loader;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.process.CommandRunner;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class LoadCommandTest {

    @ParameterizedTest
    @ValueSource(strings = {"soon", "0s", "-1h", "5"})
    void refusesInvalidIntervals(String interval) {
        Run run = run("--every", interval);

        assertThat(run.exitCode()).isEqualTo(CommandRunner.USAGE);
        assertThat(run.err()).contains("invalid interval \"" + interval + "\"");
    }

    @Test
    void requiresTheOutputPath() {
        Run run = run();

        assertThat(run.exitCode()).isEqualTo(CommandRunner.USAGE);
        assertThat(run.err()).contains("output.path is required").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--every=1h", "--skip-gap", "--accept-new-topic", "--accept-errors"})
    void retriesErrorsOnlyByThemselves(String other) {
        Run run = run("--retry-errors", other);

        assertThat(run.exitCode()).isEqualTo(CommandRunner.USAGE);
        assertThat(run.err()).contains("--retry-errors loads no new records");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--every=1h", "--skip-gap", "--accept-new-topic", "--accept-errors", "--retry-errors"})
    void showsTheStatusOnlyByItself(String other) {
        Run run = run("--status", other);

        assertThat(run.exitCode()).isEqualTo(CommandRunner.USAGE);
        assertThat(run.err()).contains("--status loads nothing");
    }

    @Test
    void printsHelp() {
        Run run = run("--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("--every", "--skip-gap", "--topic");
    }

    private static Run run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = CommandRunner.commandLine(new LoadCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));
        return new Run(commandLine.execute(args), out.toString(), err.toString());
    }

    private record Run(int exitCode, String out, String err) {}
}
