package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.util.concurrent.CompletableFuture;

/**
 * An unanswered request.
 *
 * @param request the request
 * @param deadlineMs when it times out, on the clock of elapsed time
 * @param answer the future that its sender waits for
 */
record PendingRequest<R extends Response>(Request<R> request, long deadlineMs, CompletableFuture<R> answer) {

    /** Whether the broker will answer. It does not answer a produce request with {@code acks=0}. */
    boolean isAnswered() {
        return !(request instanceof ProduceRequest produce) || produce.acks() != 0;
    }

    /** Completes with the response that the codec has decoded for this request. */
    @SuppressWarnings("unchecked") // the codec decodes by the request's API, which determines R
    void complete(Response response) {
        answer.complete((R) response);
    }

    void fail(ErrorCode error, String problem, Throwable cause) {
        answer.completeExceptionally(new ClientException(error, request.api() + ": " + problem, cause));
    }
}
