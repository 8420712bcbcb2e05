package io.tailrace.agent.tail;

import java.util.concurrent.TimeUnit;

/**
 * A moment on both clocks of the machine, in milliseconds.
 *
 * @param wallMs since 1970: for what is written or sent, and to compare with files' times. May jump in either direction
 * @param steadyMs since an arbitrary moment: for whatever waits. Never goes back
 */
public record Moment(long wallMs, long steadyMs) {

    /** The machine's clocks now. */
    public static Moment now() {
        return new Moment(System.currentTimeMillis(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    }
}
