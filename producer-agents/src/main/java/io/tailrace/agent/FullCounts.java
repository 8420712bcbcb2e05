package io.tailrace.agent;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics whose lines are not read, as the memory is full of counts of them that brokers have not acknowledged. Logged once when that
 * lasts, and once when it is over. Not thread-safe.
 */
final class FullCounts {
    private static final Logger log = LoggerFactory.getLogger(FullCounts.class);
    private static final long NEVER = Long.MAX_VALUE;

    private final String auditTopic;
    private Set<String> topics = Set.of();
    private long sinceMs = NEVER;
    private boolean isLogged;

    /** @param auditTopic where the counts are sent */
    FullCounts(String auditTopic) {
        this.auditTopic = auditTopic;
    }

    /** Sets which topics are full now. */
    void observe(Set<String> full, long steadyMs) {
        topics = Set.copyOf(full);
        if (topics.isEmpty()) {
            sinceMs = NEVER;
            if (isLogged) {
                log.info("lines are read again, the audit's counts are acknowledged: {}", auditTopic);
                isLogged = false;
            }
            return;
        }
        sinceMs = Math.min(sinceMs, steadyMs);
        if (!isLogged && isLasting(steadyMs)) {
            log.warn("lines are not read until this is fixed: {}", message());
            isLogged = true;
        }
    }

    /** Counts of old lines may come faster than brokers acknowledge them, for a moment. */
    private boolean isLasting(long steadyMs) {
        return sinceMs != NEVER && steadyMs - sinceMs >= Silence.LOGGED_AFTER_MS;
    }

    boolean isFull(String topic) {
        return topics.contains(topic);
    }

    /** Why lines are not read; empty if they are, or that has only begun. */
    Optional<String> problem(long steadyMs) {
        return isLasting(steadyMs) ? Optional.of(message()) : Optional.empty();
    }

    private String message() {
        return "audit waits: no room for more counts of " + String.join(", ", new TreeSet<>(topics))
                + " until brokers acknowledge those sent to " + auditTopic
                + ": check that the agent may write to this topic";
    }
}
