package io.tailrace.schemas;

import java.util.OptionalInt;
import org.apache.avro.Schema;

/**
 * Registers Avro schemas and finds them again by id.
 *
 * <p>Thread-safe. Answers are kept where they cannot change: the id of a schema, and the schema of an id.
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

    /**
     * The id of the newest schema registered under a subject. Asked for each time, as it does change.
     *
     * @param subject as {@code access-log-value}
     * @return the id, or empty where nothing is registered under the subject
     * @throws SchemaRegistryException if the registry cannot be reached
     */
    OptionalInt latestId(String subject);

    /** The subject under which the schemas of a topic's values are registered. */
    static String valueSubject(String topic) {
        return topic + "-value";
    }
}
