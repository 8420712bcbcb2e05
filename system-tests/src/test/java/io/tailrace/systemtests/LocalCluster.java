package io.tailrace.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * ZooKeeper and broker processes for the tests of one class, registered as a static extension. When a test fails, the last
 * lines of each process's output are printed to standard error. The files are kept until the next run.
 */
public final class LocalCluster
        implements BeforeAllCallback,
                AfterAllCallback,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {
    private final int brokerCount;
    private final Map<String, String> settings;
    private final boolean onOwnHosts;
    private final List<LocalBroker> brokers = new ArrayList<>();
    private @Nullable Path folder;
    private @Nullable PrivateNetwork network;
    private Host zooKeeperHost = Host.LOOPBACK;
    private @Nullable ServerProcess zooKeeper;
    private int zooKeeperPort;
    private int zooKeeperStarts;

    private LocalCluster(int brokerCount, Map<String, String> settings, boolean onOwnHosts) {
        this.brokerCount = brokerCount;
        this.settings = settings;
        this.onOwnHosts = onOwnHosts;
    }

    /** Brokers 1 to {@code count}, each with these settings. */
    public static LocalCluster ofBrokers(int count, Map<String, String> settings) {
        return new LocalCluster(count, settings, false);
    }

    /** Like {@link #ofBrokers}, with each broker on its own host if this process may create a {@link PrivateNetwork}. */
    static LocalCluster ofBrokersOnOwnHosts(int count, Map<String, String> settings) {
        return new LocalCluster(count, settings, true);
    }

    public static LocalCluster ofOneBroker() {
        return ofBrokers(1, Map.of());
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        folder = emptyFolder(
                Path.of("target", "processes", context.getRequiredTestClass().getSimpleName()));
        List<Host> hosts = hosts();
        zooKeeperHost = hosts.get(0);
        startZooKeeper();
        for (int id = 1; id <= brokerCount; id++) {
            brokers.add(new LocalBroker(id, hosts.get(id), folder, zooKeeperAddress(), settings));
        }
        for (LocalBroker broker : brokers) {
            broker.start();
        }
        brokers.forEach(LocalBroker::awaitReady);
    }

    /** Starts ZooKeeper with the data and the port of the process before, and waits until it is ready. */
    void startZooKeeper() throws IOException {
        zooKeeper = ServerProcess.start(
                zooKeeperHost,
                folder().resolve("zookeeper.%d.log".formatted(++zooKeeperStarts)),
                List.of(
                        "zookeeper",
                        "--set",
                        "dataDir=" + folder().resolve("zookeeper"),
                        "--set",
                        "clientPort=" + zooKeeperPort,
                        "--set",
                        "clientPortAddress=" + zooKeeperHost.address(),
                        "--set",
                        "tickTime=500",
                        "--set",
                        "maxSessionTimeout=40000"));
        zooKeeperPort = zooKeeper.awaitPort();
    }

    /** {@code kill -9} of ZooKeeper. */
    void killZooKeeper() throws InterruptedException {
        Objects.requireNonNull(zooKeeper).kill9();
    }

    /** ZooKeeper's host, then each broker's. */
    private List<Host> hosts() throws IOException {
        int count = brokerCount + 1;
        if (!onOwnHosts || !PrivateNetwork.isPermitted()) {
            return Collections.nCopies(count, Host.LOOPBACK);
        }
        network = PrivateNetwork.of(count);
        return network.hosts();
    }

    /** Creates a folder, or empties an existing one. */
    public static Path emptyFolder(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        return Files.createDirectories(folder).toAbsolutePath();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        for (LocalBroker broker : brokers) {
            broker.process().close();
        }
        if (zooKeeper != null) {
            zooKeeper.close();
        }
        if (network != null) {
            network.close();
        }
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        showLogs();
        throw failure;
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        showLogs();
        throw failure;
    }

    private void showLogs() throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .forEach(file -> System.err.println(ServerProcess.tail(file)));
        }
    }

    /** The folder for all files of this test. */
    public Path folder() {
        if (folder == null) {
            throw new IllegalStateException("the cluster is not started yet");
        }
        return folder;
    }

    public String zooKeeperAddress() {
        return zooKeeperHost.address() + ":" + zooKeeperPort;
    }

    /** The host that ZooKeeper runs on. */
    Host zooKeeperHost() {
        return zooKeeperHost;
    }

    /** The network between the hosts; empty if all processes share this machine's. */
    Optional<PrivateNetwork> network() {
        return Optional.ofNullable(network);
    }

    public List<LocalBroker> brokers() {
        return List.copyOf(brokers);
    }

    public LocalBroker broker(int id) {
        return brokers.get(id - 1);
    }

    public String bootstrapServers() {
        return brokers.stream().map(LocalBroker::address).collect(Collectors.joining(","));
    }
}
