package io.tailrace.server.partition;

import io.tailrace.protocol.ErrorCode;
import java.util.PriorityQueue;

/** Requests that wait for the high or low watermark, by the offset they wait for. Guarded by the partition's lock. */
final class AckQueue {
    private record Entry(long offset, AckWaiter waiter) {}

    private final PriorityQueue<Entry> entries = new PriorityQueue<>((a, b) -> Long.compare(a.offset(), b.offset()));

    /** @param offset the waiter is done when the watermark reaches it */
    void add(long offset, AckWaiter waiter) {
        entries.add(new Entry(offset, waiter));
    }

    void remove(AckWaiter waiter) {
        entries.removeIf(entry -> entry.waiter() == waiter);
    }

    void advance(long watermark) {
        for (Entry head = entries.peek(); head != null && head.offset() <= watermark; head = entries.peek()) {
            entries.remove();
            head.waiter().done(ErrorCode.NONE);
        }
    }

    void fail(ErrorCode error) {
        for (Entry head = entries.poll(); head != null; head = entries.poll()) {
            head.waiter().done(error);
        }
    }

    int size() {
        return entries.size();
    }
}
