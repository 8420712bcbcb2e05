package io.tailrace.systemtests;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A broker of a {@link LocalCluster}. It keeps its data and its port across restarts. */
public final class LocalBroker {
    /** In a setting's value, replaced by a folder of the broker. */
    public static final String FOLDER = "${folder}";

    private final int id;
    private final Host host;
    private final Path folder;
    private final Map<String, String> settings;
    private int port;
    private int starts;
    private @Nullable ServerProcess process;

    LocalBroker(int id, Host host, Path folder, String zooKeeperAddress, Map<String, String> more) {
        this.id = id;
        this.host = host;
        this.folder = folder;
        this.settings = new HashMap<>(Map.of(
                "broker.id",
                String.valueOf(id),
                "zookeeper.connect",
                zooKeeperAddress,
                // Survives a machine that stands still for seconds. Tests of brokers that fail have shorter ones.
                "zookeeper.session.timeout.ms",
                "30000",
                "log.dirs",
                logDirectory().toString(),
                "offsets.topic.num.partitions",
                "4"));
        more.forEach((key, value) ->
                settings.put(key, value.replace(FOLDER, logDirectory().toString())));
    }

    /** Starts a process on the port of the one before; {@link #awaitReady} waits for it. */
    void start() throws IOException {
        settings.put("listeners", "PLAINTEXT://" + host.address() + ":" + port);
        List<String> arguments = new ArrayList<>(List.of("broker"));
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        process = ServerProcess.start(host, folder.resolve("broker-%d.%d.log".formatted(id, ++starts)), arguments);
    }

    void awaitReady() {
        port = process().awaitPort();
    }

    /** The current process, or the last one if none is running. */
    ServerProcess process() {
        if (process == null) {
            throw new IllegalStateException("broker " + id + " was never started");
        }
        return process;
    }

    public int id() {
        return id;
    }

    Host host() {
        return host;
    }

    /** The broker's only log directory, unless its settings name others. */
    public Path logDirectory() {
        return folder.resolve("broker-" + id);
    }

    /** Host and port for clients; restarts do not change it. */
    public String address() {
        return host.address() + ":" + port;
    }

    /** {@link #address} for a socket. */
    InetSocketAddress socketAddress() {
        return new InetSocketAddress(host.address(), port);
    }

    public void kill9() throws InterruptedException {
        process().kill9();
    }

    /** Sends SIGTERM and returns the exit code. */
    public int terminate() throws InterruptedException {
        return process().terminate();
    }

    /** Starts the broker after a kill or a stop, and waits until it is ready. */
    public void restart() throws IOException {
        start();
        awaitReady();
    }
}
