package io.tailrace.client;

import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Connects to brokers over sockets. Each broker has a writer and a reader thread, started with the first request; one more thread
 * checks timeouts. The sockets are blocking because a client has few brokers and the JDK then provides TLS.
 */
final class SocketNetwork implements Network {
    /** Interval between checks of timeouts. */
    private static final long WATCH_MS = 500;

    private final ClientConfig config;
    private final Time time;
    private final Map<InetSocketAddress, BrokerConnection> connections = new ConcurrentHashMap<>();
    private final Thread watchdog;
    private volatile boolean closed;

    SocketNetwork(ClientConfig config, Time time) {
        this.config = config;
        this.time = time;
        this.watchdog = new Thread(this::watch, config.clientId() + "-watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
    }

    @Override
    public <R extends Response> CompletableFuture<R> send(InetSocketAddress broker, Request<R> request, int timeoutMs) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        BrokerConnection connection =
                connections.computeIfAbsent(broker, address -> new BrokerConnection(address, config, time));
        connection.send(new PendingRequest<>(request, time.elapsedMs() + timeoutMs, answer));
        if (closed) {
            connection.close();
        }
        return answer;
    }

    private void watch() {
        try {
            while (awaitCheck()) {
                long nowMs = time.elapsedMs();
                connections.values().forEach(connection -> connection.expire(nowMs));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until the next check. Returns false if there is none. */
    private synchronized boolean awaitCheck() throws InterruptedException {
        long untilMs = time.elapsedMs() + WATCH_MS;
        for (long leftMs = WATCH_MS; !closed && leftMs > 0; leftMs = untilMs - time.elapsedMs()) {
            wait(leftMs);
        }
        return !closed;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        connections.values().forEach(BrokerConnection::close);
    }
}
