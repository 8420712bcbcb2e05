package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An agent that is killed, stopped and started again, as its users do it, with the heap and the flags that they get. */
final class FollowingAgent implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("agent is ready");
    private static final String LATE_STOP = "stopping before everything was acknowledged";

    private final Path folder;
    private final Map<String, String> settings;
    private @Nullable ServerProcess process;
    private int starts;

    /**
     * An agent that has not started.
     *
     * @param folder for its configuration and its log
     */
    FollowingAgent(Path folder, Map<String, String> settings) {
        this.folder = folder;
        this.settings = new LinkedHashMap<>(settings);
    }

    /** Changes the configuration for the next start. */
    void set(String key, String value) {
        settings.put(key, value);
    }

    void start() throws IOException {
        Path configuration = Files.writeString(
                folder.resolve("agent.properties"),
                settings.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                        .collect(Collectors.joining()));
        process = ServerProcess.startProgram(
                folder.resolve("agent.%d.log".formatted(++starts)),
                Map.of(),
                Command.commandLine(List.of("agent", "--config", configuration.toString())));
    }

    private ServerProcess process() {
        return Objects.requireNonNull(process, "the agent was never started");
    }

    void kill9() throws InterruptedException {
        process().kill9();
    }

    /** SIGSTOP, until {@link #resume}. */
    void pause() throws IOException, InterruptedException {
        process().pause();
    }

    void resume() throws IOException, InterruptedException {
        process().resume();
    }

    /** Waits until the agent follows the logs. */
    void awaitReady() {
        process().awaitOutput(READY);
    }

    /** SIGTERM; everything that was sent must be acknowledged. */
    void stop() throws InterruptedException {
        // Before that, SIGTERM ends the JVM and not the agent.
        awaitReady();
        assertThat(process().terminate()).as("exit code of the agent").isZero();
        assertThat(process().output()).doesNotContain(LATE_STOP);
    }

    boolean hasEnded() {
        return process().hasEnded();
    }

    void requireRunning() {
        if (hasEnded()) {
            throw new AssertionError(
                    "the agent has ended by itself:\n" + process().output());
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
