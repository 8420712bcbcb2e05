package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one broker: a queue of requests, and a thread that connects and writes them.
 *
 * <p>When the connection breaks, the next request opens a new one, after a pause that grows with each failure. All state is
 * guarded by this object's monitor; no socket is touched while it is held.
 */
final class BrokerConnection {
    /**
     * Far above the clients' own bounds. Only a bug in a client reaches it, and the client then fails instead of filling memory.
     */
    private static final int UNSENT_MAX = 1_000;

    private final InetSocketAddress broker;
    private final ClientConfig config;
    private final Time time;
    private final Backoff backoff;
    private final Queue<PendingRequest<?>> unsent = new ArrayDeque<>();
    private final Thread writer;
    private boolean closed;
    private @Nullable BrokerSession session;

    BrokerConnection(InetSocketAddress broker, ClientConfig config, Time time) {
        this.broker = broker;
        this.config = config;
        this.time = time;
        this.backoff = new Backoff(config, () -> ThreadLocalRandom.current().nextDouble());
        this.writer = new Thread(this::writeAll, config.clientId() + "-writer-" + name());
        writer.setDaemon(true);
        writer.start();
    }

    private String name() {
        return broker.getHostString() + ":" + broker.getPort();
    }

    synchronized void send(PendingRequest<?> request) {
        if (closed || unsent.size() >= UNSENT_MAX) {
            String problem = closed ? "the client is closed" : "more than " + UNSENT_MAX + " requests wait to be sent";
            request.fail(ErrorCode.NETWORK_EXCEPTION, name() + ": " + problem, new IOException(problem));
            return;
        }
        unsent.add(request);
        notifyAll();
    }

    private void writeAll() {
        int failures = 0;
        try {
            for (PendingRequest<?> next = take(); next != null; next = take()) {
                BrokerSession open = session();
                if (open == null) {
                    try {
                        open = BrokerSession.open(broker, config);
                        failures = 0;
                        use(open);
                    } catch (IOException | RuntimeException e) {
                        failures++;
                        failWith(next, e);
                        pause(backoff.pauseMs(failures));
                        continue;
                    }
                }
                open.write(next, !hasUnsent());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
        }
    }

    private void failWith(PendingRequest<?> next, Exception e) {
        String problem = "cannot connect to " + name() + ": " + e.getMessage();
        ErrorCode error = e instanceof ClientException refused ? refused.errorCode() : ErrorCode.NETWORK_EXCEPTION;
        next.fail(error, problem, e);
        drainUnsent().forEach(request -> request.fail(error, problem, e));
    }

    private synchronized List<PendingRequest<?>> drainUnsent() {
        List<PendingRequest<?>> drained = new ArrayList<>(unsent);
        unsent.clear();
        return drained;
    }

    private synchronized void pause(long pauseMs) throws InterruptedException {
        long endMs = time.elapsedMs() + pauseMs;
        for (long left = pauseMs; left > 0 && !closed; left = endMs - time.elapsedMs()) {
            wait(left);
        }
    }

    private synchronized @Nullable PendingRequest<?> take() throws InterruptedException {
        while (unsent.isEmpty() && !closed) {
            wait();
        }
        return unsent.poll();
    }

    private synchronized boolean hasUnsent() {
        return !unsent.isEmpty();
    }

    private synchronized @Nullable BrokerSession session() {
        return session != null && session.isOpen() ? session : null;
    }

    private synchronized void use(BrokerSession opened) {
        session = opened;
        if (closed) {
            opened.close();
        }
    }

    /** Fails requests past their deadline, and the connection too if one of them was sent. */
    void expire(long nowMs) {
        BrokerSession open;
        List<PendingRequest<?>> late = new ArrayList<>();
        synchronized (this) {
            open = session;
            unsent.removeIf(request -> request.deadlineMs() <= nowMs && late.add(request));
        }
        IOException cause = new IOException("timed out");
        late.forEach(request ->
                request.fail(ErrorCode.REQUEST_TIMED_OUT, "could not be sent to " + name() + " in time", cause));
        if (open != null) {
            open.expire(nowMs);
        }
    }

    void close() {
        BrokerSession open;
        synchronized (this) {
            closed = true;
            open = session;
            notifyAll();
        }
        if (open != null) {
            open.close();
        }
        IOException cause = new IOException("closed");
        drainUnsent().forEach(request -> request.fail(ErrorCode.NETWORK_EXCEPTION, "the client was closed", cause));
    }
}
