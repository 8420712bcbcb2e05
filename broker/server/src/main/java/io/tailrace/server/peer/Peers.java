package io.tailrace.server.peer;

import io.tailrace.client.ClientConfig;
import io.tailrace.client.Network;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections of this broker to others: one to each broker that it has sent a request to. Opens again when a connection breaks.
 * Thread-safe.
 */
public final class Peers implements AutoCloseable {
    private final Supplier<ClusterImage> cluster;
    private final String listener;
    private final String clientId;
    private final int connectTimeoutMs;

    /** Guarded by this object's monitor, as is {@link #isClosed}. Opened with the first request: most brokers have no use for it. */
    private @Nullable Network network;

    private boolean isClosed;

    /**
     * No connections yet.
     *
     * @param listener name of the listener that brokers use among themselves
     * @param clientId how the other brokers see this one
     */
    public Peers(Supplier<ClusterImage> cluster, String listener, String clientId, int connectTimeoutMs) {
        this.cluster = cluster;
        this.listener = listener;
        this.clientId = clientId;
        this.connectTimeoutMs = connectTimeoutMs;
    }

    /**
     * Sends a request, after those that were sent to the broker before. Callers bound the number of their requests.
     *
     * @param timeoutMs time until the request fails, and its connection with it
     * @return the answer, on a thread that callbacks must not block. Fails with an {@link IOException} if the broker is not registered,
     *     or a {@link io.tailrace.client.ClientException} if it does not answer
     */
    public <R extends Response> CompletableFuture<R> send(int broker, Request<R> request, int timeoutMs) {
        Endpoint endpoint = cluster.get()
                .broker(broker)
                .flatMap(found -> found.endpoint(listener))
                .orElse(null);
        if (endpoint == null) {
            return CompletableFuture.failedFuture(
                    new IOException("broker " + broker + " is not registered with a listener " + listener));
        }
        InetSocketAddress address = InetSocketAddress.createUnresolved(endpoint.host(), endpoint.port());
        Network open = network(endpoint);
        return open == null
                ? CompletableFuture.failedFuture(new IOException("this broker is stopping"))
                : open.send(address, request, timeoutMs);
    }

    private synchronized @Nullable Network network(Endpoint first) {
        if (network == null && !isClosed) {
            String host = first.host().indexOf(':') >= 0 ? "[" + first.host() + "]" : first.host();
            network = Network.open(ClientConfig.builder()
                    .bootstrapServers(host + ":" + first.port())
                    .clientId(clientId)
                    .connectTimeoutMs(connectTimeoutMs)
                    .build());
        }
        return network;
    }

    /** Closes all connections. Unanswered requests fail. */
    @Override
    public void close() {
        Network open;
        synchronized (this) {
            isClosed = true;
            open = network;
            network = null;
        }
        if (open != null) {
            open.close();
        }
    }
}
