package io.tailrace.server.api;

import io.tailrace.server.RawClient;
import io.tailrace.server.fetch.FetchHandler;
import io.tailrace.server.fetch.FetchSessions;
import io.tailrace.server.network.NetworkLimits;
import io.tailrace.server.network.PeerFaultLog;
import io.tailrace.server.network.SocketServer;
import io.tailrace.server.partition.TwoReplicas;
import io.tailrace.server.transaction.TransactionVerifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** Serves requests with the given handlers, without a cluster. */
public final class ApiServer implements AutoCloseable {
    /** For tests without transactions. */
    static final TransactionVerifier NO_TRANSACTIONS = (question, answer) -> {
        throw new IllegalStateException("unexpected question: " + question);
    };

    private static final int FETCH_BYTES_MAX = 1 << 20;

    private final SocketServer sockets;
    private final int port;

    ApiServer(RequestHandler<?, ?>... handlers) throws Exception {
        sockets = new SocketServer(
                new SocketServer.Settings(
                        2,
                        100,
                        100,
                        1 << 24,
                        1 << 24,
                        new NetworkLimits(1 << 20, 1 << 20, 10, 1 << 20, 30_000, 60_000)),
                new RequestRouter(List.of(handlers)),
                new PeerFaultLog(System::nanoTime));
        port = sockets.listen("PLAINTEXT", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .getPort();
        sockets.serve();
    }

    /** Serves Produce and Fetch of a partition. */
    public static ApiServer of(TwoReplicas replicas) throws Exception {
        return of(replicas, NO_TRANSACTIONS, false);
    }

    /** The same, where consumers may be sent to followers in their rack. */
    public static ApiServer rackAware(TwoReplicas replicas) throws Exception {
        return of(replicas, NO_TRANSACTIONS, true);
    }

    /** The same, where this verifies transactions. */
    static ApiServer of(TwoReplicas replicas, TransactionVerifier verifier) throws Exception {
        return of(replicas, verifier, false);
    }

    private static ApiServer of(TwoReplicas replicas, TransactionVerifier verifier, boolean isRackAware)
            throws Exception {
        return new ApiServer(
                new ProduceHandler(replicas.partitions(), verifier, replicas.clocks()),
                new FetchHandler(
                        replicas.partitions(),
                        new FetchSessions(10, replicas.clocks().steadyMs()),
                        isRackAware,
                        FETCH_BYTES_MAX));
    }

    /** A connection of a client. */
    public RawClient connect() throws IOException {
        return new RawClient(port);
    }

    /** The number of open connections. */
    int connections() {
        return sockets.connections();
    }

    @Override
    public void close() {
        sockets.stop(Duration.ofMillis(100));
    }
}
