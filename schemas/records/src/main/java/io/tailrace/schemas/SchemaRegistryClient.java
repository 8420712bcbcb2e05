package io.tailrace.schemas;

import java.util.List;
import java.util.OptionalInt;
import org.apache.avro.Schema;

/**
 * Registers Avro schemas and finds them by id or subject.
 *
 * <p>Thread-safe. What cannot change is cached: the id of a schema, and the schema of an id. If a request fails,
 * {@link SchemaRegistryException#isRetriable} and {@link SchemaRegistryException#isUnknown} distinguish a registry that
 * does not answer from one that does not have what was asked for.
 */
public interface SchemaRegistryClient {

    /** A version of a subject, from 1. */
    record SubjectVersion(String subject, int version) {}

    /**
     * Registers a schema under a subject. A schema that is registered already keeps its id.
     *
     * @param subject as {@code access-log-value}
     * @return the schema's id, the same in every subject
     * @throws SchemaRegistryException if the registry refuses the schema, as an incompatible one, or cannot be reached
     */
    int register(String subject, Schema schema);

    /**
     * The schema of an id, including the schemas that it refers to. Soft deletions of its subjects do not matter.
     *
     * @throws SchemaRegistryException if the id is unknown, or the registry cannot be reached
     */
    Schema schema(int id);

    /**
     * Where the schema of an id is registered, including soft-deleted versions. Not cached.
     *
     * @throws SchemaRegistryException if the id is unknown, or the registry cannot be reached
     */
    List<SubjectVersion> subjectVersions(int id);

    /**
     * The id of the latest schema of a subject, without soft-deleted ones. Not cached.
     *
     * @param subject as {@code access-log-value}
     * @return empty if the subject has no schema
     * @throws SchemaRegistryException if the registry cannot be reached
     */
    OptionalInt latestId(String subject);

    /**
     * The id of the latest schema of a subject, even if it is soft-deleted. Not cached.
     *
     * @return empty if the subject never had a schema, or all were permanently deleted
     * @throws SchemaRegistryException if the registry cannot be reached
     */
    OptionalInt latestIdWithDeleted(String subject);

    /** The subject under which the schemas of a topic's values are registered. */
    static String valueSubject(String topic) {
        return topic + "-value";
    }
}
