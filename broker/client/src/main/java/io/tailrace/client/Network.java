package io.tailrace.client;

import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

/**
 * Sends requests to brokers. Separates the clients' decisions from sockets.
 *
 * <p>Thread-safe. Requests to one broker are written in the order of the calls and answered in that order. When a
 * connection breaks, all its unanswered requests fail before the next connection sends one.
 */
public interface Network extends AutoCloseable {

    /** A network with its own connections, each opened with the first request to its broker. */
    static Network open(ClientConfig config) {
        return new SocketNetwork(config, Time.SYSTEM);
    }

    /**
     * Queues a request and returns at once. Callers bound their number of unanswered requests.
     *
     * @param timeoutMs time until the request fails, and its connection with it
     * @return the answer, completed on a network thread, which callbacks must not block. A produce request with
     *     {@code acks=0} completes with an empty response once it is written. Fails with a {@link ClientException}
     */
    <R extends Response> CompletableFuture<R> send(InetSocketAddress broker, Request<R> request, int timeoutMs);

    /** Closes all connections. Unanswered requests fail. */
    @Override
    void close();
}
