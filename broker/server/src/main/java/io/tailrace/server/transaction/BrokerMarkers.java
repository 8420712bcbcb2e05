package io.tailrace.server.transaction;

import io.tailrace.protocol.message.WriteTxnMarkersRequest;
import io.tailrace.protocol.message.WriteTxnMarkersResponse;
import io.tailrace.server.peer.Peers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Sends markers to other brokers, and writes those for this broker. Thread-safe. */
final class BrokerMarkers implements MarkerNetwork {
    private final int self;
    private final MarkerAppends own;
    private final Executor appends;
    private final Peers first;
    private final Peers again;
    private final int timeoutMs;

    /**
     * Markers of a broker.
     *
     * @param appends runs appends to this broker's own partitions
     * @param first connections for requests that have not failed yet
     * @param again connections for the others: a broker answers the requests of a connection in order
     */
    BrokerMarkers(int self, MarkerAppends own, Executor appends, Peers first, Peers again, int timeoutMs) {
        this.self = self;
        this.own = own;
        this.appends = appends;
        this.first = first;
        this.again = again;
        this.timeoutMs = timeoutMs;
    }

    @Override
    public CompletableFuture<WriteTxnMarkersResponse> send(MarkerPlan.Lane lane, WriteTxnMarkersRequest request) {
        if (lane.broker() != self) {
            return (lane.isRetry() ? again : first).send(lane.broker(), request, timeoutMs);
        }
        CompletableFuture<WriteTxnMarkersResponse> answer =
                new CompletableFuture<WriteTxnMarkersResponse>().orTimeout(timeoutMs, TimeUnit.MILLISECONDS);
        appends.execute(() -> {
            // If the disk has been slow for so long, the same markers are in a later request.
            if (!answer.isDone()) {
                // The thread on which markers are committed may hold the lock of a partition.
                own.write(request, written -> appends.execute(() -> answer.complete(written)));
            }
        });
        return answer;
    }
}
