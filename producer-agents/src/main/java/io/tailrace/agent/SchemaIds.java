package io.tailrace.agent;

import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryException;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** The ids that the registry gave to the schemas of an agent's topics. Not thread-safe. */
final class SchemaIds {
    private static final long RETRY_MS = 1_000;

    private final SchemaRegistryClient registry;
    /** By topic and schema: sources of different formats may share a topic, if the registry allows it. */
    private final Map<Registered, Integer> ids = new HashMap<>();
    /** Why the registry did not answer a moment ago: it is asked again after a pause, since each call may wait. */
    private @Nullable SchemaRegistryException silence;

    private long askAgainMs;

    private record Registered(String topic, Schema schema) {}

    SchemaIds(SchemaRegistryClient registry) {
        this.registry = registry;
    }

    /**
     * Registers a schema for a topic's values, unless that is done. A registry that does not answer is asked at most once a second.
     *
     * @throws SchemaRegistryException as {@link SchemaRegistryClient#register} does
     */
    void register(String topic, Schema schema, long nowMs) {
        Registered registered = new Registered(topic, schema);
        if (ids.containsKey(registered)) {
            return;
        }
        SchemaRegistryException before = silence;
        if (before != null && nowMs < askAgainMs) {
            throw before;
        }
        silence = null;
        try {
            int id = registry.register(SchemaRegistryClient.valueSubject(topic), schema);
            ids.put(registered, id);
        } catch (SchemaRegistryException e) {
            if (e.isRetriable()) {
                silence = e;
                askAgainMs = nowMs + RETRY_MS;
            }
            throw e;
        }
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
