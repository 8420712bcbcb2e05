package io.tailrace.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class CommandRunnerTest {
    private final StringWriter err = new StringWriter();

    @Test
    void helpExitsZero() {
        assertThat(run(() -> 0, "--help")).isZero();
    }

    @Test
    void wrongUsageExitsTwo() {
        assertThat(run(() -> 0, "--nonsense")).isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString()).contains("Unknown option: '--nonsense'");
    }

    @Test
    void failureIsOneLineWithoutStackTrace() {
        int code = run(() -> {
            throw new CompletionException(new IOException("disk on fire"));
        });
        assertThat(code).isEqualTo(CommandRunner.FAILURE);
        assertThat(err.toString()).isEqualTo("probe: disk on fire\n");
    }

    @Test
    void verboseShowsTheStackTrace() {
        run(
                () -> {
                    throw new NoSuchFileException("conf/none");
                },
                "--verbose");
        assertThat(err.toString())
                .startsWith("probe: conf/none: no such file\n")
                .contains("\tat ");
    }

    @Test
    void wrongConfigurationExitsTwo() {
        int code = run(() -> {
            throw new ConfigException("port=x: expected a whole number");
        });
        assertThat(code).isEqualTo(CommandRunner.USAGE);
    }

    private int run(Callable<Integer> body, String... args) {
        CommandLine commandLine = CommandRunner.commandLine(new Probe(body));
        return commandLine
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    @Command(name = "probe")
    private record Probe(Callable<Integer> body) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            return body.call();
        }
    }
}
