package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;

/**
 * Answers one kind of request.
 *
 * @param <Q> the request
 * @param <A> its answer
 */
public interface RequestHandler<Q extends Request<A>, A extends Response> {

    /** The API whose requests are handled. */
    ApiKey api();

    /**
     * Handles one request, on its connection's event loop. Must not block.
     *
     * @param request the request, whose records are valid until this returns
     * @param call where the answer goes, now or later
     */
    void handle(Q request, Call<A> call);
}
