package io.tailrace.server.network;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request and the place of its answer among the answers of its connection. The dispatcher extends it with details of the
 * request. End it exactly once, with {@link #respond}, {@link #endSilently}, {@link #close} or {@link #fail}, from any thread;
 * later calls only release their answer. All other methods are called on the connection's event loop.
 */
public class Exchange {
    private final Connection connection;
    private long requestBytes;
    private boolean ended;
    private @Nullable AnswerFrame answer;
    private @Nullable Runnable onDisconnect;
    private boolean holdsConnection;

    /**
     * An exchange that {@link Connection#begin} must be given next.
     *
     * @param requestBytes memory that the request holds until it is answered, approximately
     */
    public Exchange(Connection connection, long requestBytes) {
        this.connection = connection;
        this.requestBytes = requestBytes;
    }

    /**
     * Runs {@code task} on the connection's event loop, never at once: the caller may hold locks. Has no effect once
     * the broker has stopped its event loops. An exception of the task ends this exchange as {@link #fail} does.
     */
    public final void execute(Runnable task) {
        connection.executeOnLoop(guarded(task));
    }

    /**
     * Like {@link #execute}, for events that may wake many requests at once: one task of the event loop runs all that have been
     * woken.
     */
    public final void wake(Runnable task) {
        connection.wakeOnLoop(guarded(task));
    }

    /** Runs {@code task} on the connection's event loop after {@code delayMs}; otherwise as {@link #execute}. */
    public final Future<?> schedule(Runnable task, long delayMs) {
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

    /** The connection, which identifies the client among those that are connected. */
    public final Connection connection() {
        return connection;
    }

    /** Name of the listener that the client connected to. */
    public final String listener() {
        return connection.listener();
    }

    /** Address of the client, written as {@code /127.0.0.1}, as tools show the hosts of groups' members. */
    public final String clientHost() {
        return "/" + connection.peerAddress().getHostAddress();
    }

    /** Answers. The connection owns the frame from now on and writes it when all earlier requests are answered. */
    public final void respond(AnswerFrame frame) {
        connection.runOnLoop(() -> end(frame));
    }

    /** Ends a request whose client expects no answer. */
    public final void endSilently() {
        connection.runOnLoop(() -> end(null));
    }

    /** Closes the connection instead of answering, and logs {@code reason}. */
    public final void close(String reason) {
        connection.runOnLoop(() -> connection.protocolError(reason));
    }

    /** Closes the connection after an error of the broker itself, and logs the error. */
    public final void fail(Throwable cause) {
        connection.runOnLoop(() -> connection.brokerError(cause));
    }

    /**
     * Keeps the connection's later requests waiting until this one is answered or {@link #releaseConnection} is called. For
     * requests that another thread works on and that must take effect before later ones.
     */
    public final void holdConnection() {
        holdsConnection = true;
    }

    /** The request has taken effect, and later ones may too while it waits for its answer. */
    public final void releaseConnection() {
        holdsConnection = false;
        connection.released();
    }

    /** The request holds so much more memory, until it is answered. */
    public final void hold(long bytes) {
        requestBytes += bytes;
        connection.hold(bytes);
    }

    /**
     * Whether this request may wait for something to happen. If not, it must be answered at once, because requests in
     * progress hold all the memory they may. Small requests can always wait.
     */
    public final boolean mayWait() {
        return connection.mayWait(requestBytes);
    }

    /** Runs {@code action} if the peer disconnects before this request is answered, to cancel what it started. */
    public final void onDisconnect(Runnable action) {
        onDisconnect = action;
    }

    final long requestBytes() {
        return requestBytes;
    }

    final boolean ended() {
        return ended;
    }

    final boolean holdsConnection() {
        return holdsConnection && !ended;
    }

    @Nullable
    final AnswerFrame takeAnswer() {
        AnswerFrame taken = answer;
        answer = null;
        return taken;
    }

    /** The connection is closed: cancels the request, or releases its unwritten answer. */
    final void disconnected() {
        if (ended) {
            AnswerFrame unwritten = takeAnswer();
            if (unwritten != null) {
                unwritten.release();
            }
            return;
        }
        ended = true;
        if (onDisconnect != null) {
            onDisconnect.run();
        }
    }

    private void end(@Nullable AnswerFrame frame) {
        if (ended) {
            if (frame != null) {
                frame.release();
            }
            return;
        }
        ended = true;
        answer = frame;
        onDisconnect = null;
        connection.ended(this, frame);
    }
}
