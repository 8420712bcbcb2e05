package io.tailrace.client;

import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

/**
 * Requests to brokers and their answers; the seam between what the clients decide and the sockets.
 *
 * <p>Thread-safe. Requests to one broker are written in the order of the calls and answered in that order. When a
 * connection breaks, everything unanswered on it fails before a request goes out on the next one.
 */
public interface Network extends AutoCloseable {

    /** Connections of their own, opened when they are first needed; only to brokers that a request names. */
    static Network open(ClientConfig config) {
        return new SocketNetwork(config, Time.SYSTEM);
    }

    /**
     * Queues a request and returns at once. Callers bound how many they have unanswered.
     *
     * @param timeoutMs time until the request fails, and its connection with it
     * @return the answer, completed on a thread of the network's that must not be kept; a produce request with
     *     {@code acks=0} is answered by an empty response when it has been written. Fails with a
     *     {@link ClientException}
     */
    <R extends Response> CompletableFuture<R> send(InetSocketAddress broker, Request<R> request, int timeoutMs);

    /** Closes all connections; what is unanswered fails. */
    @Override
    void close();
}
