package io.tailrace.server.network;

import java.util.Map;
import java.util.function.Consumer;

/**
 * The budgets that bound the memory of all connections together. Thread-safe.
 *
 * <p>Produce requests and all other requests have separate budgets, so that fetches of followers never wait behind produce
 * requests of clients. Without authentication a follower cannot be recognized before its request is read (ADR 83).
 *
 * @param produceRequests buffers of started Produce requests ({@code queued.max.request.bytes})
 * @param otherRequests buffers of all other started requests
 * @param received bytes outside those two budgets: bytes not yet cut into frames, and the first bytes of started frames
 * @param requestsInProgress decoded requests that are not answered yet, such as fetches that wait for records
 * @param answers bytes of answers that are encoded and not yet written ({@code queued.max.response.bytes})
 */
record NetworkMemory(
        FrameMemory produceRequests,
        FrameMemory otherRequests,
        ByteBudget received,
        ByteBudget requestsInProgress,
        ByteBudget answers) {
    /** Memory in progress that a connection may always hold. */
    static final long SMALL_REQUEST_BYTES = 16 * 1024;

    private static final int OTHER_REQUESTS_MIN = 4;
    private static final int SHARE = 4;

    /** Divides up memory. {@code onExhausted} is called, on any thread, each time a budget is exhausted. */
    static NetworkMemory of(SocketServer.Settings settings, Consumer<ByteBudget> onExhausted) {
        long requestBytesMax = settings.queuedRequestBytesMax();
        long share = Math.max(1, requestBytesMax / SHARE);
        long otherBytesMin = (long) OTHER_REQUESTS_MIN * settings.limits().controlRequestBytesMax();
        return new NetworkMemory(
                new FrameMemory(
                        new ByteBudget("Produce requests (queued.max.request.bytes)", requestBytesMax, onExhausted)),
                new FrameMemory(
                        new ByteBudget("requests other than Produce", Math.max(share, otherBytesMin), onExhausted)),
                new ByteBudget("received bytes", share, onExhausted),
                new ByteBudget("requests in progress", Math.max(1, requestBytesMax / 2), onExhausted),
                new ByteBudget("answers (queued.max.response.bytes)", settings.queuedAnswerBytesMax(), onExhausted));
    }

    /** The budgets by purpose, under the names that metrics use. */
    Map<String, ByteBudget> byPurpose() {
        return Map.of(
                "produce_requests", produceRequests.bytes(),
                "other_requests", otherRequests.bytes(),
                "received", received,
                "requests_in_progress", requestsInProgress,
                "answers", answers);
    }
}
