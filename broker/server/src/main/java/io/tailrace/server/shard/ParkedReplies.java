package io.tailrace.server.shard;

import io.tailrace.shard.Reply;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Replies that wait until everything that their decisions saw is committed. Confined to the shard. */
final class ParkedReplies {
    /** Offsets and deadlines grow from the first to the last. */
    private final Deque<Parked> parked = new ArrayDeque<>();

    private record Parked(long endOffset, long deadlineMs, List<Reply<?>> replies) {}

    /**
     * Adds the replies of a decision.
     *
     * @param endOffset exclusive: they may be sent when everything below is committed
     */
    void add(long endOffset, long deadlineMs, List<Reply<?>> replies) {
        parked.addLast(new Parked(endOffset, deadlineMs, replies));
    }

    /** Takes those that wait for offsets up to this one. */
    void takeCommitted(long endOffset, Consumer<Reply<?>> taker) {
        while (!parked.isEmpty() && isCommitted(parked.getFirst(), endOffset)) {
            parked.removeFirst().replies().forEach(taker);
        }
    }

    private static boolean isCommitted(Parked replies, long endOffset) {
        return replies.endOffset() <= endOffset;
    }

    /** Takes those whose deadline has come. */
    void takeExpired(long nowMs, Consumer<Reply<?>> taker) {
        while (!parked.isEmpty() && parked.getFirst().deadlineMs() <= nowMs) {
            parked.removeFirst().replies().forEach(taker);
        }
    }

    /** Takes all. */
    void takeAll(Consumer<Reply<?>> taker) {
        takeCommitted(Long.MAX_VALUE, taker);
    }

    /** The number of decisions with parked replies. */
    int size() {
        return parked.size();
    }

    /** The offset that the first of them waits for. */
    OptionalLong firstEndOffset() {
        return parked.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(parked.getFirst().endOffset());
    }

    /** When the first of them expires. */
    OptionalLong firstDeadlineMs() {
        return parked.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(parked.getFirst().deadlineMs());
    }
}
