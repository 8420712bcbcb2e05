package io.tailrace.client;

import java.util.concurrent.TimeUnit;

/** The two clocks of a client. */
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

    /** A clock that never goes back, from an arbitrary start; for deadlines. */
    long elapsedMs();

    /** Milliseconds since 1970; for the timestamps of records. */
    long wallMs();
}
