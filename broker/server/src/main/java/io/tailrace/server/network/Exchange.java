package io.tailrace.server.network;

import io.netty.buffer.ByteBufAllocator;
import java.net.InetAddress;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request and the place of its answer among its connection's answers. Must be ended exactly once, by
 * {@link #respond}, {@link #endSilently} or {@link #closeConnection}, from any thread; later calls do nothing but
 * release their response. Everything else is called on the connection's event loop.
 */
public final class Exchange {
    private final Connection connection;
    private boolean ended;
    private @Nullable Response response;
    private @Nullable Runnable onDisconnect;
    private @Nullable Runnable onFollowed;
    private boolean holdsConnection;

    Exchange(Connection connection) {
        this.connection = connection;
    }

    /**
     * Runs {@code task} on the connection's event loop, later and never at once: the caller may hold locks. Does nothing
     * when the broker stops and the loop has ended. What the task throws ends this exchange as {@link #fail} does.
     */
    public void execute(Runnable task) {
        connection.executeOnLoop(guarded(task));
    }

    /** Runs {@code task} on the connection's event loop after {@code delayMs}, as {@link #execute} does. */
    public Future<?> schedule(Runnable task, long delayMs) {
        return connection.eventLoop().schedule(guarded(task), delayMs, TimeUnit.MILLISECONDS);
    }

    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                fail(e);
            }
        };
    }

    /** Where the response's buffers should come from. */
    public ByteBufAllocator allocator() {
        return connection.allocator();
    }

    /** Name of the listener that the client connected to. */
    public String listener() {
        return connection.listener();
    }

    /** The client's address. */
    public InetAddress clientAddress() {
        return connection.peerAddress();
    }

    /** Answers. The connection takes over the response and writes it when all earlier requests are answered. */
    public void respond(Response answer) {
        onLoop(() -> end(answer));
    }

    /** Ends a request that wants no answer. */
    public void endSilently() {
        onLoop(() -> end(null));
    }

    /** Ends a request whose only possible answer is to close the connection; {@code reason} goes to the log. */
    public void closeConnection(String reason) {
        onLoop(() -> connection.protocolError(reason));
    }

    /** Ends a request over an error that is the broker's own: it is logged, and the connection closed. */
    public void fail(Throwable cause) {
        onLoop(() -> connection.brokerError(cause));
    }

    /**
     * Requests that follow on this connection are not handled before this one is answered. For requests that are
     * worked on by other threads and must be seen to happen before what the peer sent later.
     */
    public void holdConnection() {
        holdsConnection = true;
    }

    /** Runs {@code action} if the peer goes away before this is answered, to cancel what was begun. */
    public void onDisconnect(Runnable action) {
        onDisconnect = action;
    }

    /** Runs {@code action}, once, if the peer sends another request before this one is answered. */
    public void onFollowed(Runnable action) {
        onFollowed = action;
    }

    void followed() {
        Runnable action = onFollowed;
        onFollowed = null;
        if (action != null && !ended) {
            guarded(action).run();
        }
    }

    boolean ended() {
        return ended;
    }

    boolean holdsConnection() {
        return holdsConnection && !ended;
    }

    @Nullable
    Response takeResponse() {
        Response answer = response;
        response = null;
        return answer;
    }

    /** The connection is gone: cancels the request, or lets go of its unwritten answer. */
    void disconnected() {
        if (ended) {
            Response answer = takeResponse();
            if (answer != null) {
                answer.release();
            }
            return;
        }
        ended = true;
        if (onDisconnect != null) {
            onDisconnect.run();
        }
    }

    private void end(@Nullable Response answer) {
        if (ended) {
            if (answer != null) {
                answer.release();
            }
            return;
        }
        ended = true;
        response = answer;
        onDisconnect = null;
        onFollowed = null;
        connection.answered();
    }

    private void onLoop(Runnable action) {
        connection.runOnLoop(action);
    }
}
