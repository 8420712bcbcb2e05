package io.tailrace.server.network;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what peers did wrong, one line a second at most, with the number of lines left out: hostile peers must not
 * fill the disk with their story. Thread-safe.
 */
public final class PeerFaultLog {
    private static final Logger LOG = LoggerFactory.getLogger(PeerFaultLog.class);
    private static final long INTERVAL_NANOS = 1_000_000_000L;

    private final LongSupplier nanoClock;
    private final AtomicLong nextNanos;
    private final AtomicLong leftOut = new AtomicLong();

    /** @param nanoClock as {@link System#nanoTime} */
    public PeerFaultLog(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.nextNanos = new AtomicLong(nanoClock.getAsLong());
    }

    /** Logs that {@code peer}'s connection is closed, and why. */
    void log(InetAddress peer, String reason) {
        if (mayLog()) {
            LOG.warn("closed the connection of {}: {}{}", peer.getHostAddress(), reason, others());
        }
    }

    /** Logs a fault that may be the broker's own, with its stack trace. */
    public void logUnexpected(InetAddress peer, Throwable cause) {
        if (mayLog()) {
            LOG.error("unexpected error on a request of {}{}", peer.getHostAddress(), others(), cause);
        }
    }

    private boolean mayLog() {
        long now = nanoClock.getAsLong();
        long next = nextNanos.get();
        if (now - next >= 0 && nextNanos.compareAndSet(next, now + INTERVAL_NANOS)) {
            return true;
        }
        leftOut.incrementAndGet();
        return false;
    }

    private String others() {
        long count = leftOut.getAndSet(0);
        return count == 0 ? "" : " (and " + count + " like it since the last such line)";
    }
}
