package io.tailrace.metrics;

import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
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
 * #EXCHANGE_SECONDS_MAX} s closes its connection. No more than {@value #SCRAPES_MAX} scrapes are answered at a time, so that slow ones
 * leave threads for health: an orchestrator restarts a process that does not answer. Thread-safe.
 */
public final class MetricsEndpoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsEndpoint.class);
    private static final int THREADS = 4;
    static final int SCRAPES_MAX = 2;
    static final int CONNECTIONS_MAX = 64;
    private static final int EXCHANGE_SECONDS_MAX = 30;

    private final Metrics metrics;
    private final @Nullable Running running;

    private record Running(HttpServer server, ThreadPoolExecutor threads) {}

    private MetricsEndpoint(Metrics metrics, @Nullable Running running) {
        this.metrics = metrics;
        this.running = running;
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
        try {
            InetSocketAddress address = listener.resolve();
            HttpServer server = HttpServer.create(address, 0);
            ThreadPoolExecutor threads = threads();
            server.setExecutor(threads);
            server.createContext("/", new HealthHandler(health));
            server.createContext("/metrics", new ScrapeHandler(new MetricsHandler(metrics.registry()), SCRAPES_MAX));
            server.start();
            LOG.info(
                    "Metrics are served at http://{}:{}/metrics",
                    address.getHostString(),
                    server.getAddress().getPort());
            return new MetricsEndpoint(metrics, new Running(server, threads));
        } catch (IOException e) {
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
        if (running != null) {
            registration.accept(metrics);
        }
    }

    /** The port that the endpoint listens on, -1 if it is off. */
    public int port() {
        return running == null ? -1 : running.server().getAddress().getPort();
    }

    /** Stops listening and closes all connections. */
    @Override
    public void close() {
        if (running != null) {
            running.server().stop(0);
            running.threads().shutdownNow();
        }
    }
}
