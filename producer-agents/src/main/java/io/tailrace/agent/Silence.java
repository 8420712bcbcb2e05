package io.tailrace.agent;

import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * For how long brokers have not acknowledged what a source has sent, and why. Logged once when that takes long, and once when
 * it is over; at most once a minute. Not thread-safe.
 */
final class Silence {
    private static final Logger log = LoggerFactory.getLogger(Silence.class);

    /** Longer than an acknowledgement takes while a partition gets another leader. */
    static final long LOGGED_AFTER_MS = 10_000;

    private static final long LOG_PAUSE_MS = 60_000;
    private static final long MS_PER_SECOND = 1_000;
    private static final long NOTHING_WAITS = Long.MAX_VALUE;

    private final String name;
    private long sinceMs = NOTHING_WAITS;
    private String reason = "";
    private long reasonAtMs;
    private boolean isLogged;
    private long mayLogAtMs = Long.MIN_VALUE;

    /** @param name whose records they are, for messages */
    Silence(String name) {
        this.name = name;
    }

    /** Everything is acknowledged. */
    void end() {
        sinceMs = NOTHING_WAITS;
        if (isLogged) {
            log.info("records are acknowledged again: {}", name);
            isLogged = false;
        }
    }

    /**
     * Something waits for an acknowledgement.
     *
     * @param nowSinceMs since when that which waits longest has waited
     * @param why what is known of the reason; asked for seldom
     */
    void observe(long nowSinceMs, long nowMs, Supplier<String> why) {
        if (nowMs - nowSinceMs < LOGGED_AFTER_MS) {
            end();
            sinceMs = nowSinceMs;
            return;
        }
        sinceMs = nowSinceMs;
        if (reason.isEmpty() || nowMs - reasonAtMs >= LOGGED_AFTER_MS) {
            reason = why.get();
            reasonAtMs = nowMs;
        }
        if (!isLogged && nowMs >= mayLogAtMs) {
            log.warn("records are not acknowledged, waiting: {}, {} s, {}", name, seconds(nowMs), reason);
            isLogged = true;
            mayLogAtMs = nowMs + LOG_PAUSE_MS;
        }
    }

    private long seconds(long nowMs) {
        return (nowMs - sinceMs) / MS_PER_SECOND;
    }

    /** What to report if it has lasted for a time. */
    Optional<String> problem(long nowMs, long forMs) {
        return sinceMs == NOTHING_WAITS || nowMs - sinceMs < Math.max(forMs, LOGGED_AFTER_MS)
                ? Optional.empty()
                : Optional.of(
                        name + " waits: records have not been acknowledged for " + seconds(nowMs) + " s: " + reason);
    }
}
