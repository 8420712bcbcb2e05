package io.tailrace.server.partition;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A broker's two clocks, in milliseconds.
 *
 * @param wallMs since 1970; may jump
 * @param steadyMs since an arbitrary moment; never goes back
 */
public record Clocks(LongSupplier wallMs, LongSupplier steadyMs) {

    /** The machine's clocks. */
    public static Clocks system() {
        return new Clocks(System::currentTimeMillis, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    }
}
