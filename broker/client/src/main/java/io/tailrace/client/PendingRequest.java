package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.util.concurrent.CompletableFuture;

/**
 * A request on its way.
 *
 * @param request what is asked
 * @param deadlineMs when it fails, on the clock of elapsed time
 * @param answer what its sender waits for
 */
record PendingRequest<R extends Response>(Request<R> request, long deadlineMs, CompletableFuture<R> answer) {

    /** Whether the broker will answer: it does not where a produce asks for nobody's acknowledgement. */
    boolean isAnswered() {
        return !(request instanceof ProduceRequest produce) || produce.acks() != 0;
    }

    /** Completes with what the codec has read as the answer to this very request. */
    @SuppressWarnings("unchecked") // the codec reads by the request's API, and the API fixes R
    void complete(Response response) {
        answer.complete((R) response);
    }

    void fail(ErrorCode error, String problem, Throwable cause) {
        answer.completeExceptionally(new ClientException(error, request.api() + ": " + problem, cause));
    }
}
