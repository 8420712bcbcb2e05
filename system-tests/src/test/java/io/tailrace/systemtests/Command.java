package io.tailrace.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A finished command.
 *
 * @param exitCode its exit code
 * @param out its standard output
 * @param err its standard error
 */
public record Command(int exitCode, String out, String err) {
    private static final long SECONDS_MAX = 900;

    /** JVM flags for a fast start: the tests run many short-lived processes. */
    static final String FAST_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    /** This checkout's launcher. Tests run in the folder of their module. */
    static final Path LAUNCHER =
            Path.of("..", "scripts", "tailrace").toAbsolutePath().normalize();

    /** The newest file of {@code scripts/target} with such a name, as {@code mvn package} has written it. */
    static Path artifact(String glob) throws IOException {
        Path newest = null;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(LAUNCHER.resolveSibling("target"), glob)) {
            for (Path file : files) {
                if (newest == null
                        || Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(newest)) > 0) {
                    newest = file;
                }
            }
        }
        if (newest == null) {
            throw new NoSuchFileException("scripts/target/" + glob, null, "mvn package writes it");
        }
        return newest;
    }

    /** Runs {@code tailrace ARGUMENTS} with nothing on standard input. */
    public static Command tailrace(String... arguments) throws IOException, InterruptedException {
        return tailraceReading("", arguments);
    }

    /** Runs {@code tailrace ARGUMENTS} with a text on standard input. */
    static Command tailraceReading(String input, String... arguments) throws IOException, InterruptedException {
        return run(input, Map.of("TAILRACE_OPTS", FAST_START), commandLine(List.of(arguments)));
    }

    /** The launcher and its arguments. */
    static List<String> commandLine(List<String> arguments) {
        List<String> commandLine = new ArrayList<>(List.of(LAUNCHER.toString()));
        commandLine.addAll(arguments);
        return commandLine;
    }

    /** Runs any program. If it does not end within a quarter of an hour, it is killed and the test fails. */
    public static Command run(String input, Map<String, String> environment, List<String> commandLine)
            throws IOException, InterruptedException {
        return run(input, environment, commandLine, SECONDS_MAX);
    }

    /** As {@link #run(String, Map, List)}, with another limit. */
    public static Command run(String input, Map<String, String> environment, List<String> commandLine, long secondsMax)
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
                // The program closed its input early, which it may; its exit code decides.
                process.waitFor(1, TimeUnit.SECONDS);
            }
            if (!process.waitFor(secondsMax, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(commandLine + " did not end within " + secondsMax + " s; its output:\n"
                        + Files.readString(out) + Files.readString(err));
            }
            return new Command(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** Fails unless the exit code is 0; returns standard output. */
    public String requireSuccess() {
        if (exitCode != 0) {
            throw new AssertionError("exit code " + exitCode + "\n" + out + err);
        }
        return out;
    }

    /** {@link #requireSuccess}, split into lines. */
    public List<String> lines() {
        return requireSuccess().lines().toList();
    }
}
