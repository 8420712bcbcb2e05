package io.tailrace.server.network;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: dispatches its requests in order and writes their answers in order.
 *
 * <p>Design note: what cannot go on, stops the reading. A request is taken only while fewer than
 * {@link NetworkLimits#inFlightMax} are unanswered, none of them holds the connection and there is memory for its frame;
 * an answer is written only while the peer takes what was written before. So a peer that sends much or reads little
 * meets TCP's own backpressure, and what is kept for it here has a bound.
 *
 * <p>Confined to its event loop, but for {@link #runOnLoop} and {@link #executeOnLoop}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which is seen in channelInactive
public final class Connection extends ChannelInboundHandlerAdapter {
    private final NetworkLimits limits;
    private final RequestMemory memory;
    private final RequestDispatcher dispatcher;
    private final PeerFaultLog faults;
    private final Channel channel;
    private final String listener;
    private final FrameReader reader;

    private final Queue<Exchange> inFlight = new ArrayDeque<>();
    private @Nullable Exchange last;
    private long unwrittenBytes;
    private boolean pumping;
    private boolean closed;
    private boolean finishing;

    Connection(
            Channel channel,
            String listener,
            NetworkLimits limits,
            RequestMemory memory,
            RequestDispatcher dispatcher,
            PeerFaultLog faults) {
        this.channel = channel;
        this.listener = listener;
        this.limits = limits;
        this.memory = memory;
        this.dispatcher = dispatcher;
        this.faults = faults;
        this.reader = new FrameReader(limits, this.memory, channel.alloc(), () -> runOnLoop(this::pump));
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

    /** Adds an exchange for the request that is being dispatched. Called once for each request, before it is handled. */
    public void begin(Exchange exchange) {
        inFlight.add(exchange);
        last = exchange;
    }

    /** Runs {@code action} on the loop, at once if this is its thread. Does nothing after the loop has ended. */
    void runOnLoop(Runnable action) {
        if (channel.eventLoop().inEventLoop()) {
            action.run();
        } else {
            executeOnLoop(action);
        }
    }

    /** Runs {@code action} on the loop, after what it is at. Does nothing after the loop has ended. */
    void executeOnLoop(Runnable action) {
        try {
            channel.eventLoop().execute(action);
        } catch (RejectedExecutionException e) {
            // The loop ends only after every connection is closed: nobody is left to be answered.
        }
    }

    /** An exchange of this connection has ended. */
    void answered() {
        if (!pumping) {
            pump();
        }
    }

    /** Takes no more requests, and closes when those in flight are answered and written. */
    void finish() {
        finishing = true;
        pump();
    }

    void protocolError(String reason) {
        faults.log(peerAddress(), reason);
        close();
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
        // A long poll is silent by intent: only a connection that owes nothing, or whose peer takes nothing, is idle.
        if (event instanceof IdleStateEvent && (inFlight.isEmpty() || unwrittenBytes > 0)) {
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

    /** Takes what requests it may, writes what answers it may, and reads on if there is room. */
    private void pump() {
        if (closed || pumping) {
            return;
        }
        pumping = true;
        try {
            boolean progress;
            do {
                progress = writeAnswers();
                progress |= takeRequests();
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
        if (finishing && inFlight.isEmpty() && unwrittenBytes == 0) {
            close();
            return;
        }
        channel.config().setAutoRead(mayTake() && !reader.waitsForMemory());
    }

    private boolean mayTake() {
        return !finishing && inFlight.size() < limits.inFlightMax() && (last == null || !last.holdsConnection());
    }

    private boolean takeRequests() throws BadFrameException {
        boolean taken = false;
        while (!closed && mayTake()) {
            ByteBuf frame = reader.next();
            if (frame == null) {
                return taken;
            }
            taken = true;
            try {
                dispatcher.dispatch(frame, this);
            } finally {
                reader.done(frame);
            }
        }
        return taken;
    }

    private boolean writeAnswers() {
        boolean freed = false;
        for (Exchange head = inFlight.peek();
                head != null && head.ended() && unwrittenBytes < limits.unwrittenBytesMax();
                head = inFlight.peek()) {
            inFlight.remove();
            freed = true;
            AnswerFrame answer = head.takeAnswer();
            if (answer != null) {
                write(answer);
            }
        }
        return freed;
    }

    private void write(AnswerFrame answer) {
        unwrittenBytes += answer.sizeBytes();
        List<Object> parts = answer.parts();
        int lastPart = parts.size() - 1;
        for (int i = 0; i < lastPart; i++) {
            channel.write(parts.get(i), channel.voidPromise());
        }
        channel.write(parts.get(lastPart))
                .addListener((ChannelFutureListener) done -> written(done, answer.sizeBytes()));
    }

    private void written(ChannelFuture done, long sizeBytes) {
        unwrittenBytes -= sizeBytes;
        if (!done.isSuccess()) {
            close();
        } else if (!pumping && (finishing || !inFlight.isEmpty())) {
            pump();
        }
    }

    private void close() {
        if (closed) {
            return;
        }
        closed = true;
        reader.close();
        for (Iterator<Exchange> all = inFlight.iterator(); all.hasNext(); ) {
            all.next().disconnected();
            all.remove();
        }
        channel.close();
    }
}
