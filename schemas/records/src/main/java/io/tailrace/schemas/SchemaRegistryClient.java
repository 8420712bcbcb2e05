package io.tailrace.schemas;

import java.util.OptionalInt;
import org.apache.avro.Schema;

/**
 * Registers Avro schemas and finds them by id.
 *
 * <p>Thread-safe. What cannot change is cached: the id of a schema, and the schema of an id.
 */
public interface SchemaRegistryClient {

    /**
     * Registers a schema under a subject. A schema that is registered already keeps its id.
     *
     * @param subject as {@code access-log-value}
     * @return the schema's id, the same in every subject
     * @throws SchemaRegistryException if the registry refuses the schema, as an incompatible one, or cannot be reached
     */
    int register(String subject, Schema schema);

    /**
     * The schema of an id.
     *
     * @throws SchemaRegistryException if the id is unknown, or the registry cannot be reached
     */
    Schema schema(int id);

    /**
     * The id of the latest schema of a subject. Not cached.
     *
     * @param subject as {@code access-log-value}
     * @return empty if the subject has no schema
     * @throws SchemaRegistryException if the registry cannot be reached
     */
    OptionalInt latestId(String subject);

    /** The subject under which the schemas of a topic's values are registered. */
    static String valueSubject(String topic) {
        return topic + "-value";
    }
}
