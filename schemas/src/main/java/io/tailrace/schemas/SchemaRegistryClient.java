package io.tailrace.schemas;

import org.apache.avro.Schema;

/**
 * Registers Avro schemas and finds them again by id.
 *
 * <p>Thread-safe. Answers are kept, as neither the id of a schema nor the schema of an id ever changes.
 */
public interface SchemaRegistryClient {

    /**
     * Registers a schema under a subject, or finds it there.
     *
     * @param subject as {@code access-log-value}
     * @return the schema's id, the same in every subject
     * @throws SchemaRegistryException if the registry refuses, as for an incompatible schema, or cannot be reached
     */
    int register(String subject, Schema schema);

    /**
     * The schema of an id.
     *
     * @throws SchemaRegistryException if there is none, or the registry cannot be reached
     */
    Schema schema(int id);

    /** The subject under which the schemas of a topic's values are registered. */
    static String valueSubject(String topic) {
        return topic + "-value";
    }
}
