package io.tailrace.metrics;

import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.tailrace.config.ConfigException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /metrics}, {@code /health/live} and {@code /health/ready}, with {@value #THREADS} threads and for at most {@value
 * #CONNECTIONS_MAX} connections. A connection beyond that is closed; a request or answer that takes more than {@value
 * #EXCHANGE_SECONDS_MAX} s closes its connection. Thread-safe.
 */
public final class MetricsEndpoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsEndpoint.class);
    private static final int THREADS = 2;
    static final int CONNECTIONS_MAX = 64;
    private static final int EXCHANGE_SECONDS_MAX = 30;

    private final Metrics metrics;
    private final @Nullable HTTPServer server;

    private MetricsEndpoint(Metrics metrics, @Nullable HTTPServer server) {
        this.metrics = metrics;
        this.server = server;
    }

    /**
     * Starts an endpoint, unless it is off. It has the metrics of the JVM; {@link #register} the others.
     *
     * @throws ConfigException if the address cannot be listened on, naming the key
     */
    public static MetricsEndpoint start(MetricsListener listener, Health health) {
        if (!listener.isOn()) {
            return new MetricsEndpoint(new Metrics(), null);
        }
        boundConnections();
        Metrics metrics = new Metrics();
        metrics.registerJvm();
        ThreadPoolExecutor threads = threads();
        try {
            InetSocketAddress address = listener.resolve();
            HTTPServer server = HTTPServer.builder()
                    .inetAddress(address.getAddress())
                    .port(address.getPort())
                    .executorService(threads)
                    .registry(metrics.registry())
                    .registerHealthHandler(false)
                    .defaultHandler(new HealthHandler(health))
                    .buildAndStart();
            LOG.info("Metrics are served at http://{}:{}/metrics", address.getHostString(), server.getPort());
            return new MetricsEndpoint(metrics, server);
        } catch (IOException e) {
            threads.shutdown();
            throw new ConfigException(MetricsListener.KEY.name() + "=" + listener + ": cannot listen there: "
                    + e.getMessage() + "; expected a free port on an address of this machine");
        }
    }

    /** Sets what the JDK reads once, when the first server of the process is created, unless it is set already. */
    private static void boundConnections() {
        setUnlessSet("sun.net.httpserver.maxReqTime", EXCHANGE_SECONDS_MAX);
        setUnlessSet("sun.net.httpserver.maxRspTime", EXCHANGE_SECONDS_MAX);
        setUnlessSet("jdk.httpserver.maxConnections", CONNECTIONS_MAX);
    }

    private static void setUnlessSet(String property, int value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(value));
        }
    }

    private static ThreadPoolExecutor threads() {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(
                THREADS, THREADS, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(CONNECTIONS_MAX), task -> {
                    Thread thread = new Thread(task, "metrics-" + number.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Registers metrics of the process, unless the endpoint is off. */
    public void register(Consumer<Metrics> registration) {
        if (server != null) {
            registration.accept(metrics);
        }
    }

    /** The port that the endpoint listens on, -1 if it is off. */
    public int port() {
        return server == null ? -1 : server.getPort();
    }

    /** Stops listening and closes all connections. */
    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }
}
