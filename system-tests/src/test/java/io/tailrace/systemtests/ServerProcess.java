package io.tailrace.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
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

/** A server started by {@code scripts/tailrace}, or a program of these tests. Its output goes to a file. */
final class ServerProcess implements AutoCloseable {
    /** Heap and flags of a server's JVM; the environment of the test run overrides them. */
    private static final Map<String, String> DEFAULTS =
            Map.of("TAILRACE_HEAP", "256m", "TAILRACE_OPTS", Command.FAST_START);

    private static final Duration START_MAX = Duration.ofMinutes(4);
    private static final long STOP_SECONDS_MAX = 180;
    private static final int TAIL_LINES = 60;

    private final Process process;
    private final Path output;

    private ServerProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts {@code tailrace ARGUMENTS}. The server may not be ready yet when this returns. */
    static ServerProcess start(Path output, List<String> arguments) throws IOException {
        return start(Host.LOOPBACK, output, arguments);
    }

    /** Starts a server on a given host. */
    static ServerProcess start(Host host, Path output, List<String> arguments) throws IOException {
        return start(host, output, Map.of(), arguments);
    }

    /** Starts a server on this machine with additional environment variables. */
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
        DEFAULTS.forEach(builder.environment()::putIfAbsent);
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start(), output);
    }

    /** Starts another program, or a command of {@code scripts/tailrace} with the heap and the flags that users get. */
    static ServerProcess startProgram(Path output, Map<String, String> environment, List<String> commandLine)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(commandLine).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().keySet().removeAll(DEFAULTS.keySet());
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start(), output);
    }

    /** Starts the main class of a program of these tests, which needs little memory. */
    static ServerProcess startMain(Path output, Class<?> main, List<String> arguments) throws IOException {
        List<String> commandLine = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx96m"));
        commandLine.addAll(List.of(Command.FAST_START.split(" ")));
        commandLine.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        commandLine.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(commandLine).redirectErrorStream(true).redirectOutput(output.toFile());
        return new ServerProcess(builder.start(), output);
    }

    /** Waits until the output contains the pattern; fails as soon as the process ends without it. */
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

    /** Waits until the server reports the port that it listens on. */
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

    /** {@code kill -9}. */
    void kill9() throws InterruptedException {
        process.destroyForcibly();
        awaitExit();
    }

    /** Suspends the process with SIGSTOP until {@link #resume}. */
    void pause() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** Continues a paused process with SIGCONT. */
    void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        Command.run("", Map.of(), List.of("kill", signal, String.valueOf(pid())))
                .requireSuccess();
    }

    /** Sends SIGTERM and returns the exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        return awaitExit();
    }

    /** Waits until the process ends, and returns its exit code. */
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new AssertionError(
                    "process " + pid() + " is still running after " + STOP_SECONDS_MAX + " s:\n" + tail(output));
        }
        return process.exitValue();
    }

    /** Whether the process has ended, for whatever reason. */
    boolean hasEnded() {
        return !process.isAlive();
    }

    /** Processor time of the process since its start, which other work on the machine hardly changes. */
    long cpuMs() {
        return info().totalCpuDuration().orElseThrow().toMillis();
    }

    /** The memory of the process that is in use, in MiB. */
    long residentMiB() throws IOException {
        return memoryMiB("VmRSS:");
    }

    /** The most memory that the process has had in use, in MiB. */
    long residentMiBMax() throws IOException {
        return memoryMiB("VmHWM:");
    }

    private long memoryMiB(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc", String.valueOf(pid()), "status")).stream()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }

    /** What the process has written so far. */
    String output() {
        return content(output);
    }

    /** The process may be in the middle of a character. */
    private static String content(Path file) {
        try {
            return new String(Files.readAllBytes(file), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last lines of an output file, under its name. */
    static String tail(Path output) {
        List<String> lines = content(output).lines().toList();
        return "---- " + output + "\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }

    /** Sends SIGTERM, and SIGKILL if the process does not end in time. */
    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .orTimeout(STOP_SECONDS_MAX, TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly())
                .join();
    }
}
