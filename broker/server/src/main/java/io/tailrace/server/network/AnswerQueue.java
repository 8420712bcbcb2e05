package io.tailrace.server.network;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The unanswered requests of one connection and their answers. Answers are written in the order of the requests, and only while
 * the peer takes what was written before. Confined to the connection's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, which its connection sees
final class AnswerQueue {
    private final Channel channel;
    private final NetworkLimits limits;
    private final ByteBudget budget;
    private final Consumer<Boolean> onWritten;
    private final PeerPace taking;

    private final Queue<Exchange> inFlight = new ArrayDeque<>();
    private @Nullable Exchange last;

    /** Bytes handed to the channel that the peer has not taken, those in files included. */
    private long unwrittenBytes;

    /** Bytes in memory of answers that the peer has not taken, those that wait for their turn included. */
    private long memoryBytes;

    private long answersWritten;
    private boolean closed;

    /**
     * The empty queue of a channel.
     *
     * @param budget counts the answers of all connections
     * @param onWritten called when the peer has taken an answer, or with false when the write failed
     */
    AnswerQueue(Channel channel, NetworkLimits limits, ByteBudget budget, Consumer<Boolean> onWritten) {
        this.channel = channel;
        this.limits = limits;
        this.budget = budget;
        this.onWritten = onWritten;
        this.taking = new PeerPace(limits.requestMsMax());
    }

    /** Adds a request. */
    void add(Exchange exchange) {
        inFlight.add(exchange);
        last = exchange;
    }

    /** A request has this answer. */
    void ended(AnswerFrame answer) {
        memoryBytes += answer.memoryBytes();
        budget.add(answer.memoryBytes());
    }

    /** Whether every request is answered, and its answer handed to the channel. */
    boolean isEmpty() {
        return inFlight.isEmpty();
    }

    /** Whether the first request in the queue is still being handled. */
    boolean isFirstUnanswered() {
        Exchange first = inFlight.peek();
        return first != null && !first.ended();
    }

    /** Whether one more request may be read. */
    boolean hasRoom() {
        return inFlight.size() < limits.inFlightMax()
                && (last == null || !last.holdsConnection())
                && (memoryBytes == 0 || (memoryBytes < limits.unwrittenBytesMax() && !budget.isExhausted()));
    }

    /** Bytes handed to the channel that the peer has not taken, those in files included. */
    long unwrittenBytes() {
        return unwrittenBytes;
    }

    /** Bytes in memory of answers that the peer has not taken. */
    long memoryBytes() {
        return memoryBytes;
    }

    /** Hands answers to the channel, as far as their turn has come. Returns whether it did. */
    boolean write() {
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
        channel.write(parts.get(lastPart)).addListener((ChannelFutureListener) done -> written(done, answer));
    }

    private void written(ChannelFuture done, AnswerFrame answer) {
        if (closed) {
            return;
        }
        unwrittenBytes -= answer.sizeBytes();
        release(answer.memoryBytes());
        answersWritten++;
        onWritten.accept(done.isSuccess());
    }

    private void release(long bytes) {
        memoryBytes -= bytes;
        budget.release(bytes);
    }

    /**
     * Whether the peer takes its answers too slowly while memory for answers is short; asked at the intervals of
     * {@link PeerPace}. Answers that wait behind an unanswered request are not the peer's fault: only answers handed to the
     * channel count.
     */
    boolean areTakenTooSlowly() {
        if (memoryBytes == 0 || unwrittenBytes == 0 || !budget.isExhausted()) {
            taking.reset();
            return false;
        }
        return taking.isTooSlow(answersWritten, bytesTaken(), true);
    }

    /** Bytes of the current answer that the peer has taken. */
    private long bytesTaken() {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return outbound == null ? 0 : outbound.currentProgress();
    }

    /** Cancels the requests and releases the answers. */
    void close() {
        closed = true;
        for (Exchange exchange = inFlight.poll(); exchange != null; exchange = inFlight.poll()) {
            exchange.disconnected();
        }
        release(memoryBytes);
    }
}
