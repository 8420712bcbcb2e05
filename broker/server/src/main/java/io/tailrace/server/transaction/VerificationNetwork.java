package io.tailrace.server.transaction;

import io.tailrace.protocol.message.AddPartitionsToTxnRequest;
import io.tailrace.protocol.message.AddPartitionsToTxnResponse;
import java.util.concurrent.CompletableFuture;

/** Sends questions to other brokers. Thread-safe. */
interface VerificationNetwork {
    /** Sends a request. Returns at once; completes within a bounded time, on any thread. */
    CompletableFuture<AddPartitionsToTxnResponse> send(int broker, AddPartitionsToTxnRequest request);
}
