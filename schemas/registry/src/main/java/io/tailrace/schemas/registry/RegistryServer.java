package io.tailrace.schemas.registry;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves a registry over HTTP. Thread-safe. */
final class RegistryServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RegistryServer.class);
    private static final int BACKLOG = 128;
    private static final int STOP_SECONDS_MAX = 2;

    private final SchemaStore store;
    private final RegistryApi api;
    private final int requestBytesMax;
    private final HttpServer http;
    private final ThreadPoolExecutor threads;
    /** Requests by the status of their responses, of which there are few. */
    private final Map<Integer, LongAdder> responses = new ConcurrentHashMap<>();

    /** Each request holds the read lock. A stop waits for the write lock, and so for all requests. */
    private final ReadWriteLock requests = new ReentrantReadWriteLock();

    private RegistryServer(RegistryConfig config, SchemaStore store) throws IOException {
        this.store = store;
        this.api = new RegistryApi(SchemaRegistry.of(store, config.validateDefaults()));
        this.requestBytesMax = config.requestBytesMax();
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                config.threads(),
                config.threads(),
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(config.queuedRequestsMax()),
                task -> new Thread(task, "request-" + number.getAndIncrement()));
        this.http = HttpServer.create(config.listener(), BACKLOG);
        http.setExecutor(threads);
        http.createContext("/", this::serve);
    }

    /**
     * Reads the log to its end, then starts to listen.
     *
     * @param log closed with the server, or if the server does not start
     */
    static RegistryServer start(RegistryConfig config, SchemaLog log) throws IOException {
        SchemaStore store = SchemaStore.open(log, config.timeout());
        try {
            RegistryServer server = new RegistryServer(config, store);
            server.http.start();
            return server;
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** The address that the server listens on. */
    InetSocketAddress address() {
        return http.getAddress();
    }

    /** Responses since the start, by HTTP status. */
    Map<Integer, Long> responses() {
        Map<Integer, Long> counts = new TreeMap<>();
        responses.forEach((status, count) -> counts.put(status, count.sum()));
        return counts;
    }

    /** The schemas and the log. */
    SchemaStore store() {
        return store;
    }

    /** Completes exceptionally if the registry fails. */
    CompletionStage<Void> failure() {
        return store.failure();
    }

    private void serve(HttpExchange exchange) throws IOException {
        requests.readLock().lock();
        try (exchange) {
            RegistryResponse response = response(exchange);
            responses
                    .computeIfAbsent(response.status(), each -> new LongAdder())
                    .increment();
            respond(exchange, response);
        } finally {
            requests.readLock().unlock();
        }
    }

    private RegistryResponse response(HttpExchange exchange) throws IOException {
        try {
            byte[] body = body(exchange);
            return api.handle(RegistryRequest.of(exchange.getRequestMethod(), exchange.getRequestURI(), body));
        } catch (RegistryException e) {
            return RegistryResponse.of(e);
        } catch (RuntimeException e) {
            log.error("request failed: {} {}", exchange.getRequestMethod(), exchange.getRequestURI(), e);
            return RegistryResponse.of(
                    RegistryException.storeFailed(e.getClass().getSimpleName()));
        }
    }

    private byte[] body(HttpExchange exchange) throws IOException {
        try (InputStream in = exchange.getRequestBody()) {
            byte[] body = in.readNBytes(requestBytesMax + 1);
            if (body.length > requestBytesMax) {
                exchange.getResponseHeaders().set("Connection", "close");
                throw new RegistryException(413, "body is too large: expected at most " + requestBytesMax + " bytes");
            }
            return body;
        }
    }

    private static void respond(HttpExchange exchange, RegistryResponse response) throws IOException {
        byte[] bytes = RegistryApi.JSON.writeValueAsBytes(response.body());
        Headers headers = exchange.getResponseHeaders();
        headers.set(
                "Content-Type",
                ContentType.accepted(exchange.getRequestHeaders().get("Accept")));
        if (!response.allow().isEmpty()) {
            headers.set("Allow", response.allow());
        }
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", String.valueOf(bytes.length));
            exchange.sendResponseHeaders(response.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(response.status(), bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    /** Waits a moment for current requests, stops listening, and closes the log. */
    @Override
    public void close() {
        try {
            // HttpServer.stop would wait for its whole delay as long as any connection is open, even an idle one.
            if (!requests.writeLock().tryLock(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                log.warn("stopping with requests unanswered after {} s", STOP_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.stop(0);
        threads.shutdownNow();
        store.close();
    }
}
