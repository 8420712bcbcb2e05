package io.tailrace.server.transaction;

import io.tailrace.protocol.message.WriteTxnMarkersRequest;
import io.tailrace.protocol.message.WriteTxnMarkersResponse;
import java.util.concurrent.CompletableFuture;

/** Sends markers to the brokers that lead their partitions. Thread-safe. */
interface MarkerNetwork {
    /** Sends a request. Returns at once; completes within a bounded time, on any thread that holds no lock. */
    CompletableFuture<WriteTxnMarkersResponse> send(MarkerPlan.Lane lane, WriteTxnMarkersRequest request);
}
