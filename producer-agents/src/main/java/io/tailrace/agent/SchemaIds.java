package io.tailrace.agent;

import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The ids that the registry gave to the schemas of an agent's topics. The registry is asked outside the agent's thread, which
 * never waits for it. Not thread-safe.
 */
final class SchemaIds {
    private static final long RETRY_MS = 1_000;

    private final SchemaRegistryClient registry;
    private final Executor executor;
    private final Runnable wakeUp;
    /** By topic and schema: sources of different formats may share a topic, if the registry allows it. */
    private final Map<Registered, Integer> ids = new HashMap<>();

    private final Map<Registered, BackgroundCall<Integer>> calls = new HashMap<>();
    /** Why the registry did not answer a moment ago: it is asked again after a pause. */
    private @Nullable SchemaRegistryException silence;

    private long askAgainMs;

    private record Registered(String topic, Schema schema) {}

    /**
     * Nothing is registered yet.
     *
     * @param executor calls the registry
     * @param wakeUp called by any thread when {@link #isRegistered} has another answer
     */
    SchemaIds(SchemaRegistryClient registry, Executor executor, Runnable wakeUp) {
        this.registry = registry;
        this.executor = executor;
        this.wakeUp = wakeUp;
    }

    /**
     * Registers a schema for a topic's values, unless that is done. After a call without an answer, the registry is asked
     * again after a second.
     *
     * @return whether it is done; false if the registry has not answered yet
     * @throws SchemaRegistryException as {@link SchemaRegistryClient#register} does
     */
    boolean isRegistered(String topic, Schema schema, long nowMs) {
        Registered registered = new Registered(topic, schema);
        if (ids.containsKey(registered)) {
            return true;
        }
        SchemaRegistryException before = silence;
        if (before != null && nowMs < askAgainMs) {
            throw before;
        }
        try {
            Optional<Integer> id = call(registered).result();
            id.ifPresent(given -> {
                silence = null;
                ids.put(registered, given);
                calls.remove(registered);
            });
            return id.isPresent();
        } catch (SchemaRegistryException e) {
            if (e.isRetriable()) {
                silence = e;
                askAgainMs = nowMs + RETRY_MS;
            }
            throw e;
        }
    }

    private BackgroundCall<Integer> call(Registered registered) {
        String subject = SchemaRegistryClient.valueSubject(registered.topic);
        return calls.computeIfAbsent(
                registered,
                added -> new BackgroundCall<>(executor, wakeUp, () -> registry.register(subject, registered.schema)));
    }

    /** The id of a schema; if it is not registered for the topic, that is an {@link IllegalStateException}. */
    int id(String topic, Schema schema) {
        Integer id = ids.get(new Registered(topic, schema));
        if (id == null) {
            throw new IllegalStateException("schema " + schema.getFullName() + " is not registered for topic " + topic);
        }
        return id;
    }
}
