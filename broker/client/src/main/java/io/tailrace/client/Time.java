package io.tailrace.client;

import java.util.concurrent.TimeUnit;

/** A client's clocks. */
interface Time {
    Time SYSTEM = new Time() {
        @Override
        public long elapsedMs() {
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        }

        @Override
        public long wallMs() {
            return System.currentTimeMillis();
        }
    };

    /** Monotonic milliseconds from an arbitrary start, for deadlines. */
    long elapsedMs();

    /** Milliseconds since the epoch, for timestamps of records. */
    long wallMs();
}
