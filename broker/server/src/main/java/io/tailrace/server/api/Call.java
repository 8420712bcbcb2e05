package io.tailrace.server.api;

import io.tailrace.protocol.codec.EncodedMessage;
import io.tailrace.protocol.codec.RequestHeader;
import io.tailrace.protocol.codec.Responses;
import io.tailrace.protocol.message.Response;
import io.tailrace.server.network.Exchange;
import java.util.concurrent.Future;

/**
 * One request on its way to its answer. Must be ended once, by {@link #answer}, {@link #endSilently} or {@link #close},
 * from any thread; anything else on the connection's event loop.
 *
 * @param <A> the answer
 */
public final class Call<A extends Response> {
    private final Exchange exchange;
    private final RequestHeader header;

    Call(Exchange exchange, RequestHeader header) {
        this.exchange = exchange;
        this.header = header;
    }

    /** What came before the request. */
    public RequestHeader header() {
        return header;
    }

    /** Name of the listener that the client connected to. */
    public String listener() {
        return exchange.listener();
    }

    /** Runs {@code task} on the connection's event loop, later and never at once: the caller may hold locks. */
    public void execute(Runnable task) {
        exchange.execute(task);
    }

    /** Runs {@code task} on the connection's event loop after {@code delayMs}. */
    public Future<?> schedule(Runnable task, long delayMs) {
        return exchange.schedule(task, delayMs);
    }

    /** Answers the request. Slices of the log in it belong to the connection from now on. */
    public void answer(A body) {
        EncodedMessage encoded;
        try {
            encoded = Responses.encode(body, header.version(), header.correlationId());
        } catch (RuntimeException e) {
            exchange.fail(e);
            return;
        }
        exchange.respond(Wire.response(encoded));
    }

    /** Ends a request that wants no answer. */
    public void endSilently() {
        exchange.endSilently();
    }

    /** Closes the connection instead of an answer; {@code reason} goes to the log. */
    public void close(String reason) {
        exchange.closeConnection(reason);
    }

    /** Closes the connection over an error of ours, which is logged. */
    void fail(Throwable cause) {
        exchange.fail(cause);
    }

    /** Later requests of this connection are handled after this one is answered. */
    void holdConnection() {
        exchange.holdConnection();
    }

    /** Runs {@code action}, once, if the client sends another request before this is answered. */
    void onFollowed(Runnable action) {
        exchange.onFollowed(action);
    }

    /** Runs {@code action} if the client goes away before this is answered. */
    public void onDisconnect(Runnable action) {
        exchange.onDisconnect(action);
    }
}
