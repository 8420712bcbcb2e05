package io.tailrace.schemas.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves a registry over HTTP. */
final class RegistryServer implements AutoCloseable {
    static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";

    private static final Logger log = LoggerFactory.getLogger(RegistryServer.class);
    private static final int BACKLOG = 128;
    private static final int STOP_SECONDS_MAX = 2;

    private final SchemaStore store;
    private final RegistryApi api;
    private final int requestBytesMax;
    private final HttpServer http;
    private final ThreadPoolExecutor threads;

    /** Read-locked by every request under way; the write lock tells that there is none. */
    private final ReadWriteLock underWay = new ReentrantReadWriteLock();

    private RegistryServer(RegistryConfig config, SchemaStore store) throws IOException {
        this.store = store;
        this.api = new RegistryApi(new SchemaRegistry(store));
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
     * Reads the log to its end, and listens.
     *
     * @param log closed with the server, also if that does not start
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

    /** Where it listens. */
    InetSocketAddress address() {
        return http.getAddress();
    }

    /** Completes exceptionally when the registry cannot go on. */
    CompletionStage<Void> failure() {
        return store.failure();
    }

    private void serve(HttpExchange exchange) throws IOException {
        underWay.readLock().lock();
        try (exchange) {
            int status = 200;
            JsonNode answer;
            try {
                byte[] body = body(exchange);
                answer = api.handle(RegistryRequest.of(exchange.getRequestMethod(), exchange.getRequestURI(), body));
            } catch (RegistryException e) {
                status = e.status();
                answer = error(e.errorCode(), String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                log.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestURI(), e);
                status = 500;
                answer = error(
                        50001, "Error in the backend datastore: " + e.getClass().getSimpleName());
            }
            answer(exchange, status, RegistryApi.JSON.writeValueAsBytes(answer));
        } finally {
            underWay.readLock().unlock();
        }
    }

    private byte[] body(HttpExchange exchange) throws IOException {
        try (InputStream in = exchange.getRequestBody()) {
            byte[] body = in.readNBytes(requestBytesMax + 1);
            if (body.length > requestBytesMax) {
                exchange.getResponseHeaders().set("Connection", "close");
                throw new RegistryException(413, "body is larger than " + requestBytesMax + " bytes");
            }
            return body;
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] bytes) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", CONTENT_TYPE);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private static JsonNode error(int code, String message) {
        return RegistryApi.JSON.createObjectNode().put("error_code", code).put("message", message);
    }

    /** Gives requests under way a moment to end, stops listening, and closes the log. */
    @Override
    public void close() {
        try {
            // Not the server's own wait, which lasts to its end as long as a connection is open, busy or not.
            if (!underWay.writeLock().tryLock(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                log.warn("requests under way after {} s are cut off", STOP_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.stop(0);
        threads.shutdownNow();
        store.close();
    }
}
