package io.tailrace.server.follower;

import io.tailrace.client.ClientConfig;
import io.tailrace.client.IncrementalFetch;
import io.tailrace.client.Network;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Endpoint;
import io.tailrace.server.config.ReplicationConfig;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A link over the client's socket. */
final class SocketLink implements LeaderLink {
    /** A first batch is sent even if it is larger than the answer should be. */
    private static final long LARGE_BATCH_BYTES = 100 << 20;

    private final Network network;
    private final InetSocketAddress address;
    private final int timeoutMs;

    /** The fetch that is not answered yet. Guarded by this object's monitor. */
    private @Nullable FetchRequest inFlight;
    /** Guarded by this object's monitor. */
    private boolean waitEnded;

    private SocketLink(Endpoint leader, String clientId, ReplicationConfig config) {
        String host = leader.host().indexOf(':') >= 0 ? "[" + leader.host() + "]" : leader.host();
        ClientConfig client = ClientConfig.builder()
                .bootstrapServers(host + ":" + leader.port())
                .clientId(clientId)
                .connectTimeoutMs(config.socketTimeoutMs())
                .responseBytesMax((int) Math.min(Integer.MAX_VALUE, config.responseBytesMax() + LARGE_BATCH_BYTES))
                .build();
        this.address = client.bootstrapServers().get(0);
        this.timeoutMs = config.socketTimeoutMs();
        this.network = Network.open(client);
    }

    /**
     * Connects to the listener that brokers use among themselves.
     *
     * @param listener its name
     */
    static Opener opener(Supplier<ClusterImage> cluster, String listener, String clientId, ReplicationConfig config) {
        return brokerId -> {
            Endpoint leader = cluster.get()
                    .broker(brokerId)
                    .flatMap(broker -> broker.endpoint(listener))
                    .orElseThrow(() ->
                            new IOException("broker " + brokerId + " is not registered with a listener " + listener));
            return new SocketLink(leader, clientId, config);
        };
    }

    @Override
    public FetchResponse fetch(FetchRequest request) throws IOException {
        try {
            FetchResponse answer = send(request).get();
            if (answer.errorCode() != ErrorCode.NONE && !IncrementalFetch.isSessionError(answer.errorCode())) {
                throw new IOException("fetch from " + address + " was refused with " + answer.errorCode());
            }
            return answer;
        } catch (ExecutionException e) {
            throw new IOException(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("fetch from " + address + " was interrupted");
        } finally {
            synchronized (this) {
                inFlight = null;
                waitEnded = false;
            }
        }
    }

    private synchronized CompletableFuture<FetchResponse> send(FetchRequest request) {
        CompletableFuture<FetchResponse> answer = network.send(address, request, request.maxWaitMs() + timeoutMs);
        inFlight = request;
        if (waitEnded) {
            sendEmptyFetch(request);
        }
        return answer;
    }

    /** A follower's next fetch on the same connection ends the wait of this one (ADR 71). */
    @Override
    public synchronized void endWait() {
        if (inFlight != null && !waitEnded) {
            sendEmptyFetch(inFlight);
        }
        waitEnded = true;
    }

    private void sendEmptyFetch(FetchRequest inFlight) {
        FetchRequest empty = FetchRequest.ofFollower(inFlight.replicaId(), inFlight.replicaEpoch(), 0, 0, 0, List.of());
        var unused = network.send(address, empty, timeoutMs);
    }

    @Override
    public void close() {
        network.close();
    }
}
