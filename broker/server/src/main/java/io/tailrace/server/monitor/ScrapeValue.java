package io.tailrace.server.monitor;

import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that the metrics of a scrape share, because it takes long to read. It is read again when it is older than
 * {@value #AGE_MS_MAX} ms. If reading fails, the next metric tries again. Thread-safe.
 */
final class ScrapeValue<T> implements Supplier<T> {
    static final long AGE_MS_MAX = 1_000;

    private final Supplier<T> read;
    private final LongSupplier steadyMs;

    /** Guarded by this object's monitor. Its age counts from the end of the read. */
    private @Nullable Taken<T> last;

    private record Taken<T>(T value, long atMs) {}

    /** @param steadyMs a clock that never goes back; its origin does not matter */
    ScrapeValue(Supplier<T> read, LongSupplier steadyMs) {
        this.read = read;
        this.steadyMs = steadyMs;
    }

    @Override
    public synchronized T get() {
        Taken<T> taken = last;
        if (taken == null || steadyMs.getAsLong() - taken.atMs() > AGE_MS_MAX) {
            T value = read.get();
            taken = new Taken<>(value, steadyMs.getAsLong());
            last = taken;
        }
        return taken.value();
    }
}
