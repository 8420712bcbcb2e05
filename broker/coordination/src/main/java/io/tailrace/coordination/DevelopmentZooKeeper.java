package io.tailrace.coordination;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.zookeeper.server.DatadirCleanupManager;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * A single ZooKeeper server in this process, for development. Its data survives a restart, but not the loss of the machine. It
 * takes the keys of zoo.cfg. Thread-safe.
 */
public final class DevelopmentZooKeeper implements AutoCloseable {
    private static final Map<String, String> DEFAULTS = Map.of(
            "clientPort", "2181",
            "clientPortAddress", "127.0.0.1",
            "tickTime", "2000",
            "admin.enableServer", "false",
            "4lw.commands.whitelist", "ruok,srvr,mntr",
            "autopurge.snapRetainCount", "3",
            "autopurge.purgeInterval", "24");

    private static final List<String> INTEGERS = List.of(
            "clientPort",
            "tickTime",
            "maxClientCnxns",
            "clientPortListenBacklog",
            "minSessionTimeout",
            "maxSessionTimeout",
            "autopurge.snapRetainCount",
            "autopurge.purgeInterval");

    private final ServerCnxnFactory connections;
    private final ZooKeeperServer server;
    private final FileTxnSnapLog storage;
    private final DatadirCleanupManager cleanup;

    private DevelopmentZooKeeper(
            ServerCnxnFactory connections,
            ZooKeeperServer server,
            FileTxnSnapLog storage,
            DatadirCleanupManager cleanup) {
        this.connections = connections;
        this.server = server;
        this.storage = storage;
        this.cleanup = cleanup;
    }

    /**
     * Starts a server. It answers clients once this returns.
     *
     * @param zooCfg keys of zoo.cfg; {@code dataDir} is required, and {@code clientPort} 0 takes any free port
     * @throws IllegalArgumentException if ZooKeeper does not accept a key or a value
     * @throws IOException if the data cannot be read, or the port is taken
     */
    public static DevelopmentZooKeeper start(Map<String, String> zooCfg) throws IOException, InterruptedException {
        QuorumPeerConfig config = parse(zooCfg);
        FileTxnSnapLog storage = new FileTxnSnapLog(config.getDataLogDir(), config.getDataDir());
        ZooKeeperServer server = new ZooKeeperServer(
                storage,
                config.getTickTime(),
                config.getMinSessionTimeout(),
                config.getMaxSessionTimeout(),
                config.getClientPortListenBacklog(),
                null,
                config.getInitialConfig());
        ServerCnxnFactory connections = ServerCnxnFactory.createFactory();
        try {
            connections.configure(
                    config.getClientPortAddress(), config.getMaxClientCnxns(), config.getClientPortListenBacklog());
            connections.startup(server);
        } catch (IOException e) {
            connections.shutdown();
            storage.close();
            throw new IOException(
                    "ZooKeeper cannot listen on " + config.getClientPortAddress() + ": " + e.getMessage(), e);
        }
        DatadirCleanupManager cleanup = new DatadirCleanupManager(
                config.getDataDir(), config.getDataLogDir(), config.getSnapRetainCount(), config.getPurgeInterval());
        cleanup.start();
        return new DevelopmentZooKeeper(connections, server, storage, cleanup);
    }

    /** The port that the server listens on. */
    public int port() {
        return connections.getLocalPort();
    }

    /** Waits until the server has stopped. */
    public void awaitStop() throws InterruptedException {
        connections.join();
    }

    /** Stops the server. Sessions of clients continue if it is started again in time. */
    @Override
    public void close() throws IOException {
        cleanup.shutdown();
        connections.shutdown();
        if (server.isRunning()) {
            server.shutdown();
        }
        storage.close();
    }

    private static QuorumPeerConfig parse(Map<String, String> zooCfg) throws IOException {
        Properties properties = new Properties();
        properties.putAll(DEFAULTS);
        properties.putAll(zooCfg);
        String dataDir = properties.getProperty("dataDir");
        if (dataDir == null) {
            throw new IllegalArgumentException("dataDir must be set to the directory of ZooKeeper's data");
        }
        INTEGERS.forEach(key -> checkInteger(key, properties.getProperty(key)));
        boolean anyPort = properties.getProperty("clientPort").equals("0");
        if (anyPort) {
            // In zoo.cfg 0 means "no port", so a free one is chosen here.
            properties.setProperty("clientPort", Integer.toString(freePort()));
        }
        Files.createDirectories(new File(dataDir).toPath());
        QuorumPeerConfig config = new QuorumPeerConfig();
        try {
            config.parseProperties(properties);
        } catch (ConfigException | IllegalArgumentException e) {
            throw new IllegalArgumentException("ZooKeeper refuses its configuration: " + e.getMessage(), e);
        }
        return config;
    }

    /** ZooKeeper's own error names the value only. */
    private static void checkInteger(String key, @Nullable String value) {
        if (value != null && !value.matches("-?[0-9]{1,9}")) {
            throw new IllegalArgumentException(key + ": expected an integer, found \"" + value + "\"");
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
