package io.tailrace.log;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the damage that readers of one log meet, and logs it once a minute at most: a client that cannot read retries at once.
 * Time is measured by maintenance passes. Thread-safe.
 */
final class DamageLog {
    private static final Logger LOG = LoggerFactory.getLogger(DamageLog.class);
    private static final long INTERVAL_MS = 60_000;
    private static final long NEVER = Long.MIN_VALUE;

    private final LongAdder count = new LongAdder();
    private final AtomicLong loggedMs = new AtomicLong(NEVER);
    private volatile long nowMs;

    void tick(long timeMs) {
        nowMs = timeMs;
    }

    /** Counts damage. Returns whether it was logged. */
    boolean report(CorruptLogException damage) {
        count.increment();
        long last = loggedMs.get();
        long now = nowMs;
        boolean isDue = (last == NEVER || now - last >= INTERVAL_MS) && loggedMs.compareAndSet(last, now);
        if (isDue) {
            LOG.error("Damaged log, reads from there on fail: {}", damage.getMessage());
        }
        return isDue;
    }

    long count() {
        return count.sum();
    }
}
