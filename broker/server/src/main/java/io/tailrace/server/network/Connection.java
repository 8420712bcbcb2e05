package io.tailrace.server.network;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: dispatches its requests in order and writes their answers in order.
 *
 * <p>Design note: a connection without room stops reading. It reads a request only while fewer than
 * {@link NetworkLimits#inFlightMax} are unanswered, none of them holds the connection, the peer takes its answers, and there is
 * memory for the frame. It writes an answer only while the peer takes what was written before. So a peer that sends much or reads
 * little meets TCP's backpressure, and the memory that the broker holds for it is bounded (ADR 30).
 *
 * <p>Confined to its event loop, except for {@link #runOnLoop}, {@link #executeOnLoop} and {@link #wakeOnLoop}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is seen in channelInactive
public final class Connection extends ChannelInboundHandlerAdapter {
    /**
     * What all connections of a broker share.
     *
     * @param limits limits of each connection
     * @param memory budgets of all connections together
     * @param dispatcher handles requests
     * @param faults logs why connections are closed
     * @param wakeQueues the woken requests of each event loop
     */
    record Shared(
            NetworkLimits limits,
            NetworkMemory memory,
            RequestDispatcher dispatcher,
            PeerFaultLog faults,
            Map<EventLoop, WakeQueue> wakeQueues) {

        Shared(NetworkLimits limits, NetworkMemory memory, RequestDispatcher dispatcher, PeerFaultLog faults) {
            this(limits, memory, dispatcher, faults, new ConcurrentHashMap<>());
        }
    }

    private final ByteBudget requests;
    private final RequestDispatcher dispatcher;
    private final PeerFaultLog faults;
    private final Map<EventLoop, WakeQueue> wakeQueues;
    private final Channel channel;
    private final String listener;
    private final FrameReader reader;
    private final PeerPace sending;
    private final AnswerQueue answers;

    /** Memory of requests that are not answered. */
    private long requestBytes;

    private boolean pumping;
    private boolean paceChecked;
    private boolean closed;
    private boolean finishing;

    /** Written on the loop, read by anyone. */
    private volatile long heldBytes;

    Connection(Channel channel, String listener, Shared shared) {
        this.channel = channel;
        this.listener = listener;
        this.requests = shared.memory().requestsInProgress();
        this.dispatcher = shared.dispatcher();
        this.faults = shared.faults();
        this.wakeQueues = shared.wakeQueues();
        this.reader =
                new FrameReader(shared.limits(), shared.memory(), channel.alloc(), () -> executeOnLoop(this::pump));
        this.sending = new PeerPace(shared.limits().requestMsMax());
        this.answers = new AnswerQueue(channel, shared.limits(), shared.memory().answers(), this::written);
    }

    /** Whether the peer is still connected. Called on the event loop. */
    public boolean isOpen() {
        return !closed;
    }

    EventLoop eventLoop() {
        return channel.eventLoop();
    }

    String listener() {
        return listener;
    }

    InetAddress peerAddress() {
        return channel.remoteAddress() instanceof InetSocketAddress address
                ? address.getAddress()
                : InetAddress.getLoopbackAddress();
    }

    /** Bytes that this connection holds in memory; may lag a little. Thread-safe. */
    long heldBytes() {
        return heldBytes;
    }

    /** Adds an exchange for the request that is being dispatched. Called once for each request, before it is handled. */
    public void begin(Exchange exchange) {
        answers.add(exchange);
        hold(exchange.requestBytes());
    }

    /** A request in progress holds so much more. */
    void hold(long bytes) {
        requestBytes += bytes;
        requests.add(bytes);
    }

    /** Whether a request in progress that holds {@code bytes} may wait. */
    boolean mayWait(long bytes) {
        return bytes <= NetworkMemory.SMALL_REQUEST_BYTES || !requests.isExhausted();
    }

    /** Runs {@code action} on the loop, at once if this is its thread. Has no effect after the loop has ended. */
    void runOnLoop(Runnable action) {
        if (channel.eventLoop().inEventLoop()) {
            action.run();
        } else {
            executeOnLoop(action);
        }
    }

    /** Runs {@code action} on the loop, after its current task. Has no effect after the loop has ended. */
    void executeOnLoop(Runnable action) {
        try {
            channel.eventLoop().execute(action);
        } catch (RejectedExecutionException e) {
            // The loop ends only after every connection is closed, so no client waits for an answer.
        }
    }

    /** Like {@link #executeOnLoop}, but in one task with all other actions that have been woken on this loop by then. */
    void wakeOnLoop(Runnable action) {
        try {
            wakeQueues.computeIfAbsent(channel.eventLoop(), WakeQueue::new).add(action);
        } catch (RejectedExecutionException e) {
            // As in executeOnLoop.
        }
    }

    /** An exchange of this connection has ended, with this answer if any. */
    void ended(Exchange exchange, @Nullable AnswerFrame answer) {
        releaseRequests(exchange.requestBytes());
        if (answer != null) {
            answers.ended(answer);
        }
        pump();
    }

    /** An exchange no longer holds this connection. */
    void released() {
        pump();
    }

    /** Reads no more requests, and closes when those in flight are answered and written. */
    void finish() {
        finishing = true;
        pump();
    }

    void protocolError(String reason) {
        if (!closed) {
            faults.log(peerAddress(), reason);
            close();
        }
    }

    void brokerError(Throwable cause) {
        faults.logUnexpected(peerAddress(), cause);
        close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (closed) {
            bytes.release();
            return;
        }
        reader.feed(bytes);
        pump();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        // Silence during a long poll is normal: a connection is idle only if the broker owes it no answer, or if its
        // peer takes
        // none.
        if (event instanceof IdleStateEvent && (answers.isEmpty() || answers.unwrittenBytes() > 0)) {
            close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            close();
        } else {
            brokerError(cause);
        }
    }

    /** Dispatches requests, writes answers, and reads on, each as far as there is room. */
    private void pump() {
        if (closed || pumping) {
            return;
        }
        pumping = true;
        try {
            boolean progress;
            do {
                progress = answers.write();
                progress |= dispatchRequests();
            } while (progress && !closed);
        } catch (BadFrameException e) {
            protocolError(e.reason());
        } finally {
            pumping = false;
        }
        if (closed) {
            return;
        }
        channel.flush();
        if (finishing && answers.isEmpty() && answers.unwrittenBytes() == 0) {
            close();
            return;
        }
        reader.count();
        heldBytes = reader.heldBytes() + requestBytes + answers.memoryBytes();
        checkPaceLater();
        channel.config().setAutoRead(mayDispatch() && !reader.waitsForMemory());
    }

    private boolean mayDispatch() {
        return !finishing && mayWait(requestBytes) && answers.hasRoom();
    }

    private boolean dispatchRequests() throws BadFrameException {
        boolean dispatched = false;
        while (!closed && mayDispatch()) {
            ByteBuf frame = reader.next();
            if (frame == null) {
                return dispatched;
            }
            dispatched = true;
            try {
                dispatcher.dispatch(frame, this);
            } finally {
                reader.done(frame);
            }
        }
        return dispatched;
    }

    private void written(boolean success) {
        if (!success) {
            close();
        } else if (!pumping
                && (finishing || !answers.isEmpty() || !channel.config().isAutoRead())) {
            pump();
        }
    }

    private void releaseRequests(long bytes) {
        requestBytes -= bytes;
        requests.release(bytes);
    }

    private void checkPaceLater() {
        if (!paceChecked && (reader.isReceiving() || answers.memoryBytes() > 0)) {
            paceChecked = true;
            channel.eventLoop().schedule(this::checkPace, sending.intervalMs(), TimeUnit.MILLISECONDS);
        }
    }

    private void checkPace() {
        paceChecked = false;
        if (closed) {
            return;
        }
        if (sendsTooSlowly()) {
            protocolError(reader.whyTooSlow());
        } else if (answers.areTakenTooSlowly()) {
            protocolError("the peer does not take its answers while memory for answers is exhausted, "
                    + answers.memoryBytes() + " bytes wait for it");
        } else {
            checkPaceLater();
        }
    }

    /** While the connection is not read because requests are being handled, the peer cannot send: that is not its fault. */
    private boolean sendsTooSlowly() {
        boolean isHandling = answers.isFirstUnanswered() && !mayDispatch();
        if (isHandling || !reader.isReceiving()) {
            sending.reset();
            return false;
        }
        return sending.isTooSlow(reader.transfer(), reader.transferredBytes(), reader.isShortOfMemory());
    }

    private void close() {
        if (closed) {
            return;
        }
        closed = true;
        reader.close();
        answers.close();
        releaseRequests(requestBytes);
        heldBytes = 0;
        channel.close();
    }
}
