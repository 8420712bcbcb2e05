package io.tailrace.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command that has run to its end.
 *
 * @param exitCode what it ended with
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record Command(int exitCode, String out, String err) {
    private static final long SECONDS_MAX = 300;

    /** A compiler that is quick rather than good: the processes live shortly, and there are many. */
    static final String QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    /** The launcher of this checkout. The tests run in their module's folder. */
    static final Path LAUNCHER =
            Path.of("..", "scripts", "tailrace").toAbsolutePath().normalize();

    /** Runs {@code tailrace ARGUMENTS} with nothing on standard input. */
    static Command tailrace(String... arguments) throws IOException, InterruptedException {
        return tailraceReading("", arguments);
    }

    /** Runs {@code tailrace ARGUMENTS} with a text on standard input. */
    static Command tailraceReading(String input, String... arguments) throws IOException, InterruptedException {
        return run(input, Map.of("TAILRACE_OPTS", QUICK), commandLine(List.of(arguments)));
    }

    /** The launcher and its arguments. */
    static List<String> commandLine(List<String> arguments) {
        List<String> commandLine = new ArrayList<>(List.of(LAUNCHER.toString()));
        commandLine.addAll(arguments);
        return commandLine;
    }

    /** Runs any program; one that does not end in five minutes is killed, and the test fails. */
    static Command run(String input, Map<String, String> environment, List<String> commandLine)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("out", ".txt");
        Path err = Files.createTempFile("err", ".txt");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(commandLine).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(UTF_8));
            } catch (IOException e) {
                // A program that is content without its input has closed it; its exit code tells.
                process.waitFor(1, TimeUnit.SECONDS);
            }
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(commandLine + " has not ended in " + SECONDS_MAX + " s; it said:\n"
                        + Files.readString(out) + Files.readString(err));
            }
            return new Command(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** Standard output of a command that must have succeeded. */
    String outOfSuccess() {
        if (exitCode != 0) {
            throw new AssertionError("exit code " + exitCode + "\n" + out + err);
        }
        return out;
    }

    /** The lines of standard output of a command that must have succeeded. */
    List<String> lines() {
        return outOfSuccess().lines().toList();
    }
}
