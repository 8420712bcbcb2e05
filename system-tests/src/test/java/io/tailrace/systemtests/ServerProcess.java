package io.tailrace.systemtests;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server started by {@code scripts/tailrace}, from start to exit. What it writes is kept in a file. */
final class ServerProcess implements AutoCloseable {
    /** What the JVM of a server may take here, unless the environment says otherwise. */
    private static final Map<String, String> SMALL = Map.of("TAILRACE_HEAP", "256m", "TAILRACE_OPTS", Command.QUICK);

    private static final Duration START_MAX = Duration.ofSeconds(90);
    private static final long STOP_SECONDS_MAX = 60;
    private static final int TAIL_LINES = 60;

    private final Process process;
    private final Path output;

    private ServerProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts {@code tailrace ARGUMENTS}, its output going to a file. It need not be ready when this returns. */
    static ServerProcess start(Path output, List<String> arguments) throws IOException {
        return start(Host.LOOPBACK, output, arguments);
    }

    /** The same, on a given host. */
    static ServerProcess start(Host host, Path output, List<String> arguments) throws IOException {
        return start(host, output, Map.of(), arguments);
    }

    /** The same on this machine, with more in its environment. */
    static ServerProcess start(Path output, Map<String, String> environment, List<String> arguments)
            throws IOException {
        return start(Host.LOOPBACK, output, environment, arguments);
    }

    private static ServerProcess start(Host host, Path output, Map<String, String> environment, List<String> arguments)
            throws IOException {
        List<String> commandLine = new ArrayList<>(host.prefix());
        commandLine.addAll(Command.commandLine(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(commandLine).redirectErrorStream(true).redirectOutput(output.toFile());
        SMALL.forEach(builder.environment()::putIfAbsent);
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start(), output);
    }

    /** Waits until the output holds the pattern; fails at once if the process ends before. */
    Matcher awaitOutput(Pattern pattern) {
        await("%s in %s".formatted(pattern, output))
                .atMost(START_MAX)
                .pollInterval(Duration.ofMillis(50))
                .failFast("the process has ended", () -> !process.isAlive() && !found(pattern))
                .until(() -> found(pattern));
        Matcher matcher = pattern.matcher(output());
        matcher.find();
        return matcher;
    }

    private boolean found(Pattern pattern) {
        return pattern.matcher(output()).find();
    }

    /** Waits until the server says where it listens. */
    int awaitPort() {
        return Integer.parseInt(
                awaitOutput(Pattern.compile("is ready on port (\\d+)\n")).group(1));
    }

    long pid() {
        return process.pid();
    }

    ProcessHandle.Info info() {
        return process.info();
    }

    /** {@code kill -9}: it gets no chance to do anything. */
    void kill9() throws InterruptedException {
        process.destroyForcibly();
        awaitExit();
    }

    /** Stops it where it is, as if it were given no processor time, until it is resumed. */
    void pause() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** Lets it go on as if nothing had been. */
    void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        Command.run("", Map.of(), List.of("kill", signal, String.valueOf(pid())))
                .outOfSuccess();
    }

    /** SIGTERM, and what the process ends with. */
    int terminate() throws InterruptedException {
        process.destroy();
        return awaitExit();
    }

    /** Waits until it ends by itself, and says with what. */
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new AssertionError(
                    "process " + pid() + " runs on after " + STOP_SECONDS_MAX + " s:\n" + tail(output));
        }
        return process.exitValue();
    }

    /** Whether it has ended, by itself or because it was told to. */
    boolean hasEnded() {
        return !process.isAlive();
    }

    private String output() {
        return content(output);
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of what a process has written to a file, with the file's name. */
    static String tail(Path output) {
        List<String> lines = content(output).lines().toList();
        return "---- " + output + "\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }

    /** Ends it, politely if that helps. */
    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .orTimeout(STOP_SECONDS_MAX, TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly())
                .join();
    }
}
