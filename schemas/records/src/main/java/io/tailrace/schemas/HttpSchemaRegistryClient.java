package io.tailrace.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/**
 * A client of our registry, or of any other with Confluent's HTTP interface.
 *
 * <p>Thread-safe. Caches up to {@link #CACHED_MAX} responses of each kind. A request without a response, or with a server
 * error, is sent a few times, with a pause that doubles.
 */
public final class HttpSchemaRegistryClient implements SchemaRegistryClient {
    static final int CACHED_MAX = 1000;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    private final RegistryConnection registry;
    private final Map<Integer, Schema> schemas = Collections.synchronizedMap(new LeastRecentlyUsed<>());
    private final Map<Registered, Integer> ids = Collections.synchronizedMap(new LeastRecentlyUsed<>());

    private record Registered(String subject, Schema schema) {}

    /**
     * A client that has not connected yet.
     *
     * @param base the registry's address, as {@code http://localhost:8081}
     * @param timeout bound on each attempt
     */
    public HttpSchemaRegistryClient(URI base, Duration timeout) {
        this(base, timeout, FIRST_PAUSE);
    }

    HttpSchemaRegistryClient(URI base, Duration timeout, Duration firstPause) {
        this.registry = new RegistryConnection(base, timeout, firstPause);
    }

    @Override
    public int register(String subject, Schema schema) {
        Registered registered = new Registered(subject, schema);
        Integer known = ids.get(registered);
        if (known != null) {
            return known;
        }
        String path = versionsPath(subject);
        int id = id(
                path, registry.post(path, JsonNodeFactory.instance.objectNode().put("schema", schema.toString())));
        ids.put(registered, id);
        return id;
    }

    @Override
    public Schema schema(int id) {
        Schema known = schemas.get(id);
        if (known != null) {
            return known;
        }
        String path = "schemas/ids/" + id;
        JsonNode response = registry.get(path);
        try {
            Schema schema = text(path, response).parse(this::referenced);
            schemas.put(id, schema);
            return schema;
        } catch (SchemaParseException e) {
            throw new SchemaRegistryException(
                    SchemaRegistryException.NOT_AVRO,
                    registry.address(path) + ": expected an Avro schema, found " + response + " (" + e.getMessage()
                            + ")");
        }
    }

    /** Versions that are referred to stay readable when they are soft-deleted. */
    private SchemaText referenced(SchemaReference reference) {
        String path = versionsPath(reference.subject()) + "/" + reference.version() + "?deleted=true";
        try {
            return text(path, registry.get(path));
        } catch (SchemaRegistryException e) {
            if (e.isUnknown()) {
                throw new SchemaParseException(reference + " does not resolve: " + e.getMessage());
            }
            throw e;
        }
    }

    @Override
    public List<SubjectVersion> subjectVersions(int id) {
        String path = "schemas/ids/" + id + "/versions?deleted=true";
        JsonNode response = registry.get(path);
        if (!response.isArray()) {
            throw registry.unexpected(path, "a list of subjects and versions", response);
        }
        List<SubjectVersion> versions = new ArrayList<>();
        response.forEach(each -> versions.add(new SubjectVersion(
                each.path("subject").asText(), each.path("version").asInt())));
        return versions;
    }

    @Override
    public OptionalInt latestId(String subject) {
        String path = versionsPath(subject) + "/latest";
        return emptyIfUnknown(() -> OptionalInt.of(id(path, registry.get(path))));
    }

    /** Confluent's registry never returns a deleted version as the latest one, so the versions are asked for first. */
    @Override
    public OptionalInt latestIdWithDeleted(String subject) {
        return emptyIfUnknown(() -> {
            int latest = 0;
            for (JsonNode version : registry.get(versionsPath(subject) + "?deleted=true")) {
                latest = Math.max(latest, version.asInt());
            }
            if (latest == 0) {
                return OptionalInt.empty();
            }
            String path = versionsPath(subject) + "/" + latest + "?deleted=true";
            return OptionalInt.of(id(path, registry.get(path)));
        });
    }

    /**
     * Why a schema is not compatible with the latest schema of a subject, by the subject's own rule. Registers nothing. Not cached.
     *
     * @return empty if the schema is compatible, or the subject has no schema
     * @throws SchemaRegistryException if the registry cannot be reached
     */
    public List<String> incompatibilities(String subject, Schema schema) {
        String path = "compatibility/" + versionsPath(subject) + "/latest?verbose=true";
        try {
            JsonNode response =
                    registry.post(path, JsonNodeFactory.instance.objectNode().put("schema", schema.toString()));
            if (!response.path("is_compatible").isBoolean()) {
                throw registry.unexpected(path, "is_compatible", response);
            }
            List<String> messages = new ArrayList<>();
            response.path("messages").forEach(message -> messages.add(message.asText()));
            if (response.path("is_compatible").booleanValue()) {
                return List.of();
            }
            return messages.isEmpty() ? List.of("incompatible with the latest version") : messages;
        } catch (SchemaRegistryException e) {
            if (e.isUnknown()) {
                return List.of();
            }
            throw e;
        }
    }

    private static OptionalInt emptyIfUnknown(Supplier<OptionalInt> request) {
        try {
            return request.get();
        } catch (SchemaRegistryException e) {
            if (e.isUnknown()) {
                return OptionalInt.empty();
            }
            throw e;
        }
    }

    private static String versionsPath(String subject) {
        return "subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20") + "/versions";
    }

    private int id(String path, JsonNode response) {
        if (!response.path("id").canConvertToInt()) {
            throw registry.unexpected(path, "an id", response);
        }
        return response.path("id").intValue();
    }

    private SchemaText text(String path, JsonNode response) {
        if (!response.path("schema").isTextual()) {
            throw registry.unexpected(path, "a schema", response);
        }
        List<SchemaReference> references = new ArrayList<>();
        response.path("references")
                .forEach(each -> references.add(new SchemaReference(
                        each.path("name").asText(),
                        each.path("subject").asText(),
                        each.path("version").asInt())));
        return new SchemaText(response.path("schema").asText(), references);
    }

    private static final class LeastRecentlyUsed<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1L;

        LeastRecentlyUsed() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > CACHED_MAX;
        }
    }
}
