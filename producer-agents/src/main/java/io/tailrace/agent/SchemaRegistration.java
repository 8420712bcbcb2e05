package io.tailrace.agent;

import io.tailrace.schemas.SchemaRegistryException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registers the schemas that an agent writes with, and retries until the registry answers. Not thread-safe. */
final class SchemaRegistration {
    private static final Logger log = LoggerFactory.getLogger(SchemaRegistration.class);
    private static final long RETRY_MS = 1_000;

    private final Runnable register;
    private boolean done;
    private boolean hasFailed;
    private long retryAtMs = Long.MIN_VALUE;

    /**
     * A registration that was not tried yet.
     *
     * @param register registers everything; throws a {@link SchemaRegistryException} if it cannot
     */
    SchemaRegistration(Runnable register) {
        this.register = register;
    }

    boolean isDone() {
        return done;
    }

    /**
     * Tries to register, unless that is done or failed a moment ago.
     *
     * @return whether everything is registered
     * @throws SchemaRegistryException if the registry refuses a schema: retrying is useless
     */
    boolean attempt(long nowMs) {
        if (done || nowMs < retryAtMs) {
            return done;
        }
        try {
            register.run();
            done = true;
            if (hasFailed) {
                log.info("schema registry answers again");
            }
        } catch (SchemaRegistryException e) {
            if (!e.isRetriable()) {
                throw e;
            }
            if (!hasFailed) {
                log.warn("schema registry does not answer, reading no logs until it does: {}", e.getMessage());
            }
            hasFailed = true;
            retryAtMs = nowMs + RETRY_MS;
        }
        return done;
    }
}
