package io.tailrace.hive;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStore;
import org.apache.hadoop.hive.metastore.security.HadoopThriftAuthBridge;

/** Hive's metastore in a thread of this JVM. Hive has no way to stop it: it runs until the JVM ends. */
final class SandboxMetastore implements HiveSandbox.Part {

    private static final Duration START_MAX = Duration.ofMinutes(2);
    private static final Duration PROBE_EVERY = Duration.ofMillis(100);

    /** The SQL state of a successful shutdown of Derby. */
    private static final String DERBY_STOPPED = "XJ015";

    private SandboxMetastore() {}

    /**
     * Starts the metastore and returns when it accepts connections.
     *
     * @throws IOException if it does not start, or does not accept connections within two minutes
     */
    static SandboxMetastore start(HiveConf conf, SandboxPorts ports) throws IOException {
        if (accepts(ports.metastore())) {
            // Otherwise awaitPort would take the other process for the metastore.
            throw new IOException("port " + ports.metastore() + " is in use, expected a free port for the metastore:"
                    + " choose another with --metastore-port");
        }
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Thread server = new Thread(
                () -> {
                    try {
                        HiveMetaStore.startMetaStore(ports.metastore(), HadoopThriftAuthBridge.getBridge(), conf);
                        ended.complete(null);
                    } catch (Throwable e) {
                        ended.completeExceptionally(e);
                    }
                },
                "metastore");
        server.setDaemon(true);
        server.start();
        awaitPort(ports.metastore(), ended);
        return new SandboxMetastore();
    }

    private static void awaitPort(int port, CompletableFuture<Void> ended) throws IOException {
        long deadlineNanos = System.nanoTime() + START_MAX.toNanos();
        while (!accepts(port)) {
            if (ended.isDone()) {
                try {
                    ended.join();
                } catch (CompletionException e) {
                    throw new IOException("metastore failed to start: " + e.getCause(), e.getCause());
                }
                throw new IOException("metastore ended during its start");
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new IOException("metastore did not accept connections on port " + port + " within "
                        + START_MAX.toSeconds() + " s");
            }
            LockSupport.parkNanos(PROBE_EVERY.toNanos());
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while waiting for the metastore");
            }
        }
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Closes the metastore's database, so that the next start needs no recovery. */
    @Override
    public void close() {
        try {
            DriverManager.getConnection("jdbc:derby:;shutdown=true").close();
        } catch (SQLException e) {
            if (!DERBY_STOPPED.equals(e.getSQLState())) {
                throw new IllegalStateException("Derby did not shut down: " + e.getMessage(), e);
            }
        }
    }
}
