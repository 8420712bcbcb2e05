package io.tailrace.server.network;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs faults of peers and their consequences. Writes at most one line of each kind per second, with the number of lines left
 * out, so that hostile peers cannot fill the disk. Thread-safe.
 */
public final class PeerFaultLog {
    private static final Logger LOG = LoggerFactory.getLogger(PeerFaultLog.class);
    private static final long INTERVAL_NANOS = 1_000_000_000L;

    private final Limit faults;
    private final Limit unexpected;
    private final Limit exhaustions;

    /** @param nanoClock as {@link System#nanoTime} */
    public PeerFaultLog(LongSupplier nanoClock) {
        this.faults = new Limit(nanoClock);
        this.unexpected = new Limit(nanoClock);
        this.exhaustions = new Limit(nanoClock);
    }

    /** Logs that {@code peer}'s connection is closed, and why. */
    void log(InetAddress peer, String reason) {
        if (faults.permits()) {
            LOG.warn("closed the connection of {}: {}{}", peer.getHostAddress(), reason, faults.others());
        }
    }

    /** Logs an error that may be the broker's own, with its stack trace. */
    void logUnexpected(InetAddress peer, Throwable cause) {
        if (unexpected.permits()) {
            LOG.error("unexpected error on a request of {}{}", peer.getHostAddress(), unexpected.others(), cause);
        }
    }

    /** Logs that memory of connections is exhausted. {@code holders} says which peers hold most of it. */
    void logExhausted(ByteBudget budget, Supplier<String> holders) {
        if (exhaustions.permits()) {
            LOG.warn(
                    "memory for {} is exhausted, {} of {} bytes are used; connections wait, slow ones are closed: {}{}",
                    budget.name(),
                    budget.usedBytes(),
                    budget.bytesMax(),
                    holders.get(),
                    exhaustions.others());
        }
    }

    /** Permits one line per interval and counts the others. */
    private static final class Limit {
        private final LongSupplier nanoClock;
        private final AtomicLong nextNanos;
        private final AtomicLong leftOut = new AtomicLong();

        Limit(LongSupplier nanoClock) {
            this.nanoClock = nanoClock;
            this.nextNanos = new AtomicLong(nanoClock.getAsLong());
        }

        boolean permits() {
            long now = nanoClock.getAsLong();
            long next = nextNanos.get();
            if (now - next >= 0 && nextNanos.compareAndSet(next, now + INTERVAL_NANOS)) {
                return true;
            }
            leftOut.incrementAndGet();
            return false;
        }

        String others() {
            long count = leftOut.getAndSet(0);
            return count == 0 ? "" : " (and " + count + " like it since the last such line)";
        }
    }
}
