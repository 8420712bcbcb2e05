package io.tailrace.client;

import java.util.concurrent.atomic.AtomicLong;

/** Clocks that only a test advances. */
final class ManualTime implements Time {
    private final AtomicLong elapsed = new AtomicLong(1_000_000);

    @Override
    public long elapsedMs() {
        return elapsed.get();
    }

    @Override
    public long wallMs() {
        return 1_700_000_000_000L + elapsed.get();
    }

    void advanceMs(long ms) {
        elapsed.addAndGet(ms);
    }
}
