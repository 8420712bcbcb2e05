package io.tailrace.agent;

import io.tailrace.client.ClientException;
import io.tailrace.schemas.SchemaRegistryException;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether records of one source can be sent: their schema is registered, and brokers know their topic. A closed gate
 * never waits and holds up no other one. Why it is closed is logged once. Not thread-safe.
 */
final class SendGate {
    private static final Logger log = LoggerFactory.getLogger(SendGate.class);

    /** After how long a run that ends by itself leaves a source out. */
    static final long GIVE_UP_MS = 20_000;

    private static final long RETRY_MS = 100;
    /** A registry that refuses a schema does so until an operator has done something. */
    private static final long REFUSED_RETRY_MS = 60_000;
    /** Neither the registry nor brokers have answered at once. */
    private static final long GRACE_MS = 5_000;

    private final String name;
    private final LongPredicate registered;
    private final Supplier<Optional<ClientException>> topic;
    private boolean isRegistered;
    private boolean isOpen;
    private @Nullable String problem;
    private boolean isLogged;
    private long closedSinceMs;
    private long retryAtMs = Long.MIN_VALUE;

    /**
     * A gate that is closed until it is first tried.
     *
     * @param name whose gate it is, for messages
     * @param registered whether the schemas are registered at a time, which it does unless it is done; throws a
     *     {@link SchemaRegistryException} if it cannot
     * @param topic why the topic cannot be sent to; empty if it can
     */
    SendGate(String name, LongPredicate registered, Supplier<Optional<ClientException>> topic) {
        this.name = name;
        this.registered = registered;
        this.topic = topic;
    }

    /** Tries to open the gate, unless it is open or that failed a moment ago. An open gate stays open. */
    boolean isOpen(long nowMs) {
        if (isOpen || nowMs < retryAtMs) {
            return isOpen;
        }
        if (problem == null) {
            closedSinceMs = nowMs;
        }
        try {
            isRegistered = isRegistered || registered.test(nowMs);
            if (!isRegistered) {
                registryIsAsked(nowMs);
                return false;
            }
            topic.get().ifPresentOrElse(failure -> topicFailed(failure, nowMs), this::open);
        } catch (SchemaRegistryException e) {
            registryFailed(e, nowMs);
        }
        return isOpen;
    }

    private void open() {
        if (isLogged) {
            log.info("no longer waiting: {}", name);
        }
        problem = null;
        isOpen = true;
    }

    private void registryIsAsked(long nowMs) {
        boolean mayLog = nowMs - closedSinceMs >= GRACE_MS;
        if (problem == null || (mayLog && !isLogged)) {
            close("schema registry has not answered yet", mayLog);
        }
    }

    private void registryFailed(SchemaRegistryException e, long nowMs) {
        String reason = (e.isRetriable() ? "schema registry does not answer: " : "schema registry refuses the schema: ")
                + e.getMessage();
        close(reason, true);
        retryAtMs = nowMs + (e.isRetriable() ? RETRY_MS : REFUSED_RETRY_MS);
    }

    private void topicFailed(ClientException e, long nowMs) {
        close(String.valueOf(e.getMessage()), nowMs - closedSinceMs >= GRACE_MS);
        retryAtMs = nowMs + RETRY_MS;
    }

    private void close(String reason, boolean mayLog) {
        problem = name + " waits: " + reason;
        if (mayLog && !isLogged) {
            log.warn("nothing is sent until this is fixed: {}", problem);
            isLogged = true;
        }
    }

    /** Why the gate is closed; empty if it is open. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Whether it has been closed for so long that a run which ends by itself should not wait for it. */
    boolean isGivenUp(long nowMs) {
        return problem != null && nowMs - closedSinceMs >= GIVE_UP_MS;
    }
}
