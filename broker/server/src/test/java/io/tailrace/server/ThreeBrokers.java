package io.tailrace.server;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;

/**
 * A ZooKeeper in this process, and three broker processes that can be killed and paused. Brokers 1 and 2
 * share a rack.
 */
final class ThreeBrokers implements AutoCloseable {
    /** A session lasts 2 to 20 ticks. */
    private static final int ZOOKEEPER_TICK_MS = 1000;

    /** Short, because a killed broker leads until its session ends; and no broker should lose it because the machine is slow. */
    private static final int SESSION_TIMEOUT_MS = 10_000;

    private static final int END_SECONDS_MAX = 60;

    private final Path directory;
    private final Map<String, Object> settings;
    private final TestingServer zooKeeper;
    private final Map<Integer, Process> processes = new TreeMap<>();
    private final Map<Integer, Integer> ports = new TreeMap<>();

    ThreeBrokers(Path directory) throws Exception {
        this(directory, Map.of());
    }

    /** @param more settings of all three; {@code log.dirs} are relative to each broker's own directory */
    ThreeBrokers(Path directory, Map<String, ?> more) throws Exception {
        this.directory = directory;
        settings = new TreeMap<>(Map.of(
                "log.dirs", ".", "log.dir.free.bytes.min", 0, "zookeeper.session.timeout.ms", SESSION_TIMEOUT_MS));
        settings.putAll(more);
        zooKeeper = new TestingServer(new InstanceSpec(null, -1, -1, -1, true, -1, ZOOKEEPER_TICK_MS, -1), true);
        for (int id = 1; id <= 3; id++) {
            launch(id);
        }
        for (int id = 1; id <= 3; id++) {
            awaitReady(id);
        }
    }

    String bootstrap() {
        return ports.values().stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    /** The address at which the broker listens. */
    int port(int id) {
        return Objects.requireNonNull(ports.get(id));
    }

    /** The directory in which the broker keeps a partition. */
    Path logOf(int id, String partition) {
        return findLog(id, partition)
                .orElseThrow(() -> new AssertionError("broker " + id + " has no log of " + partition));
    }

    boolean hasLog(int id, String partition) {
        return findLog(id, partition).isPresent();
    }

    private Optional<Path> findLog(int id, String partition) {
        return logDirectories(id).stream()
                .map(logs -> logs.resolve(partition))
                .filter(Files::exists)
                .findFirst();
    }

    List<Path> logDirectories(int id) {
        Path own = directory.resolve("broker-" + id);
        return Stream.of(String.valueOf(settings.get("log.dirs")).split(",", -1))
                .map(own::resolve)
                .map(Path::normalize)
                .toList();
    }

    void start(int id) throws IOException {
        launch(id);
        awaitReady(id);
    }

    /** Like {@code kill -9}. */
    void kill(int id) throws InterruptedException {
        process(id).destroyForcibly().waitFor();
    }

    /** Stops a broker with SIGTERM and returns its exit code. */
    int stop(int id) throws InterruptedException {
        Process process = process(id);
        process.destroy();
        if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new AssertionError("broker " + id + " did not end within " + END_SECONDS_MAX + " s");
        }
        return process.exitValue();
    }

    /** Pauses a broker. Returns once every thread has stopped, as any running one may answer requests. */
    void pause(int id) throws IOException, InterruptedException {
        signal(id, "-STOP");
        Path threads = Path.of("/proc", String.valueOf(process(id).pid()), "task");
        await().until(() -> {
            try (Stream<Path> all = Files.list(threads)) {
                return all.allMatch(ThreeBrokers::isStopped);
            }
        });
    }

    private static boolean isStopped(Path thread) {
        try {
            return Files.readString(thread.resolve("stat")).contains(") T ");
        } catch (IOException e) {
            return false;
        }
    }

    void resume(int id) throws IOException, InterruptedException {
        signal(id, "-CONT");
    }

    private void signal(int id, String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", signal, String.valueOf(process(id).pid()))
                .start()
                .waitFor();
    }

    private Process process(int id) {
        Process process = processes.get(id);
        if (process == null) {
            throw new IllegalArgumentException("broker " + id + " was never started");
        }
        return process;
    }

    private void launch(int id) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerCommand.class.getName()));
        Map<String, Object> own = new TreeMap<>(settings);
        own.put("broker.id", id);
        own.put("broker.rack", id == 3 ? "east" : "west");
        own.put("listeners", "PLAINTEXT://127.0.0.1:" + ports.getOrDefault(id, 0));
        own.put("log.dirs", logDirectories(id).stream().map(Path::toString).collect(Collectors.joining(",")));
        own.put("zookeeper.connect", zooKeeper.getConnectString());
        own.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        processes.put(
                id,
                new ProcessBuilder(command)
                        .redirectError(
                                directory.resolve("broker-" + id + ".err").toFile())
                        .start());
    }

    private void awaitReady(int id) throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process(id).getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.contains("is ready on port ")) {
                ports.put(id, Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1)));
                return;
            }
        }
        throw new AssertionError("broker " + id + " ended before it was ready: "
                + Files.readString(directory.resolve("broker-" + id + ".err")));
    }

    @Override
    public void close() throws IOException {
        processes.values().forEach(Process::destroyForcibly);
        zooKeeper.close();
    }
}
