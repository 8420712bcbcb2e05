package io.tailrace.agent;

import io.tailrace.schemas.Framing;
import io.tailrace.schemas.SchemaRegistryClient;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;

/** The ids that the registry gave to the schemas of an agent's topics. Not thread-safe. */
final class SchemaIds {
    private final SchemaRegistryClient registry;
    /** By topic and schema: sources of different formats may share a topic, if the registry allows it. */
    private final Map<Registered, byte[]> headers = new HashMap<>();

    private record Registered(String topic, Schema schema) {}

    SchemaIds(SchemaRegistryClient registry) {
        this.registry = registry;
    }

    /**
     * Registers a schema for a topic's values, unless that is done.
     *
     * @throws io.tailrace.schemas.SchemaRegistryException as {@link SchemaRegistryClient#register} does
     */
    void register(String topic, Schema schema) {
        Registered registered = new Registered(topic, schema);
        if (!headers.containsKey(registered)) {
            int id = registry.register(SchemaRegistryClient.valueSubject(topic), schema);
            headers.put(registered, Framing.header(id));
        }
    }

    /** The header of a topic's records; a schema that is not registered for it is an {@link IllegalStateException}. */
    byte[] header(String topic, Schema schema) {
        byte[] header = headers.get(new Registered(topic, schema));
        if (header == null) {
            throw new IllegalStateException("schema " + schema.getFullName() + " is not registered for topic " + topic);
        }
        return header;
    }
}
