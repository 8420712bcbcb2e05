package io.tailrace.systemtests;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A server that is killed, paused, and started again with the same arguments. It keeps its port across restarts. */
final class KillableServer implements AutoCloseable {
    /** In an argument, replaced by the port: 0 at the first start, then the one of that start. */
    static final String PORT = "${port}";

    private final Path folder;
    private final String name;
    private final Map<String, String> environment;
    private final List<String> arguments;
    private int port;
    private int starts;
    private @Nullable ServerProcess process;

    /**
     * A server that has not started.
     *
     * @param folder for its logs, one for each start
     * @param arguments of {@code scripts/tailrace}
     */
    KillableServer(Path folder, String name, Map<String, String> environment, List<String> arguments) {
        this.folder = folder;
        this.name = name;
        this.environment = environment;
        this.arguments = arguments;
    }

    void start() throws IOException {
        process = ServerProcess.start(
                folder.resolve("%s.%d.log".formatted(name, ++starts)),
                environment,
                arguments.stream()
                        .map(argument -> argument.replace(PORT, String.valueOf(port)))
                        .toList());
    }

    /** Waits until it listens, and returns the port. */
    int awaitPort() {
        port = process().awaitPort();
        return port;
    }

    ServerProcess process() {
        return Objects.requireNonNull(process, name + " was never started");
    }

    void requireRunning() {
        if (process().hasEnded()) {
            throw new AssertionError(
                    name + " has ended by itself:\n" + process().output());
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
