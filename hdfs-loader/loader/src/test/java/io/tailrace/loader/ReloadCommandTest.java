package io.tailrace.loader;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.process.CommandRunner;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ReloadCommandTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--from-hour 2015-05-17T10 | --topic",
                "--topic logs | --from-hour",
                "--topic logs --from-hour 10:00 | 10:00",
                "--topic logs --from-hour 2015-05-17T10 --to-hour 2015-05-17T09 | not to be after the last one",
                "--topic logs --partition 0 --from-offset 3 | --to-offset",
                "--topic logs --partition 0 --from-offset 3 --to-offset 2 | not to be after the last one",
                "--topic logs --partition 0 --from-offset 3 --to-offset 4 --from-hour 2015-05-17T10 | mutually exclusive"
            })
    void refusesUnclearRanges(String args, String message) {
        Run run = run(args.split(" ", -1));

        assertThat(run.exitCode()).isEqualTo(CommandRunner.USAGE);
        assertThat(run.err()).contains(message);
    }

    @Test
    void requiresTheOutputPath() {
        Run run = run("--topic", "logs", "--from-hour", "2015-05-17T10");

        assertThat(run.exitCode()).isEqualTo(CommandRunner.USAGE);
        assertThat(run.err()).contains("output.path is required");
    }

    private static Run run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = CommandRunner.commandLine(new ReloadCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));
        return new Run(commandLine.execute(args), err.toString());
    }

    private record Run(int exitCode, String err) {}
}
