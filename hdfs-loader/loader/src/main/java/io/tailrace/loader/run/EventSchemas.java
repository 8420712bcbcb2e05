package io.tailrace.loader.run;

import io.tailrace.loader.plan.Plan;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryClient.SubjectVersion;
import io.tailrace.schemas.SchemaRegistryException;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the schema that a topic's records are converted to: the newest one of their subject. If no subject has the topic's name,
 * the ids in the records lead to the subject. Used by one thread.
 */
public final class EventSchemas {
    private static final Logger log = LoggerFactory.getLogger(EventSchemas.class);

    private final SchemaRegistryClient registry;
    private final SubjectStrategy strategy;
    private final String topic;

    public EventSchemas(SchemaRegistryClient registry, SubjectStrategy strategy, String topic) {
        this.registry = registry;
        this.strategy = strategy;
        this.topic = topic;
    }

    /** Reads the schema ids of the records that a plan loads, with a place of each id. */
    @FunctionalInterface
    public interface IdsInData {
        SortedMap<Integer, String> read(Plan plan) throws IOException;
    }

    /**
     * Finds the schema.
     *
     * @param previous the schema of the newest commit
     * @param data read only if no subject has the topic's name
     * @param acceptErrors whether records of other types, or of schemas that the registry does not have, are accepted
     * @return empty if no record names a schema
     * @throws IOException if the records name schemas, and none can be used; the message says what to do
     */
    public Optional<Schema> find(Plan plan, Optional<Schema> previous, IdsInData data, boolean acceptErrors)
            throws IOException {
        if (strategy == SubjectStrategy.AUTO || strategy == SubjectStrategy.TOPIC) {
            OptionalInt id = latestId(SchemaRegistryClient.valueSubject(topic));
            if (id.isPresent()) {
                return Optional.of(registry.schema(id.getAsInt()));
            }
        }
        if (plan.tasks().isEmpty()) {
            return previous;
        }
        SortedMap<Integer, String> places = data.read(plan);
        if (places.isEmpty()) {
            log.warn("no record names a schema, all go to the error table: topic {}", topic);
            return previous;
        }
        if (strategy == SubjectStrategy.TOPIC) {
            throw new IOException("subject " + SchemaRegistryClient.valueSubject(topic) + " has no schema, but "
                    + describe(places) + ". Nothing was loaded. Register the topic's schema, or set"
                    + " subject.name.strategy=auto");
        }
        SortedMap<Integer, Schema> written = schemas(places, acceptErrors);
        return written.isEmpty() ? previous : Optional.of(newest(written, places, previous, acceptErrors));
    }

    /** A soft deletion of a subject does not change what its records mean. */
    private OptionalInt latestId(String subject) {
        OptionalInt id = registry.latestId(subject);
        if (id.isPresent()) {
            return id;
        }
        OptionalInt deleted = registry.latestIdWithDeleted(subject);
        if (deleted.isPresent()) {
            log.warn("subject is deleted, its newest schema is used: topic {}, subject {}", topic, subject);
        }
        return deleted;
    }

    /** The schemas that the records were written with. */
    private SortedMap<Integer, Schema> schemas(SortedMap<Integer, String> places, boolean acceptErrors)
            throws IOException {
        SortedMap<Integer, Schema> schemas = new TreeMap<>();
        for (Map.Entry<Integer, String> place : places.entrySet()) {
            try {
                schemas.put(place.getKey(), registry.schema(place.getKey()));
            } catch (SchemaRegistryException e) {
                if (!e.isUnknown() && e.errorCode() != SchemaRegistryException.NOT_AVRO) {
                    throw e;
                }
                if (!acceptErrors) {
                    throw new IOException(
                            place.getValue() + " of topic " + topic + " names schema id " + place.getKey()
                                    + ", which the registry does not have or which is not Avro: " + e.getMessage()
                                    + ". Nothing was loaded. Check schema.registry.url, or restore the registry's schemas."
                                    + " --accept-errors puts such records into the error table",
                            e);
                }
            }
        }
        return schemas;
    }

    /** The newest schema of the one record type that the table has. */
    private Schema newest(
            SortedMap<Integer, Schema> written,
            SortedMap<Integer, String> places,
            Optional<Schema> previous,
            boolean acceptErrors)
            throws IOException {
        String type =
                previous.orElseGet(() -> written.values().iterator().next()).getFullName();
        SortedMap<Integer, Schema> ofType = new TreeMap<>(written);
        ofType.values().removeIf(schema -> !schema.getFullName().equals(type));
        if (ofType.size() < written.size() && !acceptErrors) {
            throw new IOException("topic " + topic + " has records of several types, but a table has rows of one: "
                    + types(written, places) + (previous.isPresent() ? "; loaded before: " + type : "")
                    + ". Nothing was loaded. Write each type to a topic of its own. --accept-errors loads those of "
                    + type
                    + ", and puts the others into the error table");
        }
        if (ofType.isEmpty()) {
            return previous.orElseThrow();
        }
        int newest = 0;
        for (int id : ofType.keySet()) {
            newest = Math.max(newest, newestId(id, type));
        }
        return registry.schema(newest);
    }

    private static String types(SortedMap<Integer, Schema> written, SortedMap<Integer, String> places) {
        return written.entrySet().stream()
                .map(entry -> entry.getValue().getFullName() + " (" + places.get(entry.getKey()) + ", schema id "
                        + entry.getKey() + ")")
                .collect(Collectors.joining(", "));
    }

    private static String describe(SortedMap<Integer, String> places) {
        return places.get(places.firstKey()) + " names schema id " + places.firstKey();
    }

    /** The newest id of the subject that owns a schema. */
    private int newestId(int id, String type) throws IOException {
        String named = strategy == SubjectStrategy.RECORD ? type : topic + "-" + type;
        if (strategy != SubjectStrategy.AUTO) {
            OptionalInt latest = latestId(named);
            if (latest.isEmpty()) {
                throw new IOException("subject " + named + " of topic " + topic + " has no schema. Nothing was loaded."
                        + " Register the schema, or set subject.name.strategy=auto");
            }
            return latest.getAsInt();
        }
        List<String> owners = registry.subjectVersions(id).stream()
                .map(SubjectVersion::subject)
                .distinct()
                .sorted(Comparator.comparing((String subject) -> !subject.equals(named))
                        .thenComparing(subject -> !subject.equals(type))
                        .thenComparing(subject -> subject))
                .toList();
        for (String owner : owners) {
            OptionalInt latest = latestId(owner);
            if (latest.isPresent()
                    && registry.schema(latest.getAsInt()).getFullName().equals(type)) {
                return latest.getAsInt();
            }
        }
        // All its subjects are deleted for good, which leaves the schema itself.
        return id;
    }
}
