package io.tailrace.server.partition;

import io.tailrace.protocol.ErrorCode;
import java.util.PriorityQueue;

/** Produces that wait for the high watermark, by the offset they wait for. Guarded by the partition's lock. */
final class AckQueue {
    private record Entry(long offset, AckWaiter waiter) {}

    private final PriorityQueue<Entry> entries = new PriorityQueue<>((a, b) -> Long.compare(a.offset(), b.offset()));

    /** @param offset exclusive: the waiter is done when the high watermark reaches it */
    void add(long offset, AckWaiter waiter) {
        entries.add(new Entry(offset, waiter));
    }

    void remove(AckWaiter waiter) {
        entries.removeIf(entry -> entry.waiter() == waiter);
    }

    void advance(long highWatermark) {
        for (Entry head = entries.peek(); head != null && head.offset() <= highWatermark; head = entries.peek()) {
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
