package io.tailrace.systemtests.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that runs until it is stopped. Its output goes to a file. */
final class RunningTool implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private final Process process;
    private final Path output;

    private RunningTool(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static RunningTool start(Path output, List<String> commandLine) throws IOException {
        return new RunningTool(
                new ProcessBuilder(commandLine)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start(),
                output);
    }

    /** Waits until the output contains a text; fails as soon as the process ends without it. */
    void awaitOutput(String text) {
        await("\"%s\" in %s".formatted(text, output))
                .atMost(PATIENCE)
                .failFast("the process has ended", () -> !process.isAlive() && !output().contains(text))
                .until(() -> output().contains(text));
    }

    boolean hasEnded() {
        return !process.isAlive();
    }

    String output() throws IOException {
        return new String(Files.readAllBytes(output), UTF_8); // it may end in the middle of a character
    }

    /** Sends SIGTERM, and SIGKILL if the process does not end in time. */
    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .orTimeout(20, TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly())
                .join();
    }
}
