package io.tailrace.schemas.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tailrace.schemas.SchemaText;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of the topic: docs/format.md, "Records of the topic _schemas".
 *
 * <p>Keys and values are JSON, as Confluent's registry writes them. Only ours have the key's {@code claim}, the value's
 * {@code origin}, and {@code fingerprint}, the hash of a permanently deleted schema in place of the schema. See
 * {@link RegistryState} for their purpose. Records of other types are skipped.
 */
final class SchemaRecords {
    private static final Logger log = LoggerFactory.getLogger(SchemaRecords.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private SchemaRecords() {}

    static byte[] key(Registration registration) {
        ObjectNode key = JSON.createObjectNode()
                .put("keytype", "SCHEMA")
                .put("subject", registration.subject())
                .put("version", registration.version())
                .put("magic", 1);
        if (!registration.key().claim().isEmpty()) {
            key.put("claim", registration.key().claim());
        }
        return bytes(key);
    }

    static byte[] value(Registration registration) {
        ObjectNode value = JSON.createObjectNode()
                .put("subject", registration.subject())
                .put("version", registration.version())
                .put("id", registration.id())
                .put("deleted", registration.deleted());
        if (registration.origin() != Registration.UNPLACED) {
            value.put("origin", registration.origin());
        }
        if (registration.purged()) {
            value.put("fingerprint", registration.schemaHash());
        } else {
            value.put("schema", registration.text().json());
            SchemaJson.putReferences(value, registration.text());
        }
        return bytes(value);
    }

    /** @param subject null for the configuration of all subjects without their own */
    static byte[] configKey(@Nullable String subject) {
        return scopedKey("CONFIG", subject);
    }

    static byte[] configValue(SubjectConfig config) {
        ObjectNode value = JSON.createObjectNode();
        if (config.level() != null) {
            value.put("compatibilityLevel", config.level().name());
        }
        if (config.normalize() != null) {
            value.put("normalize", config.normalize());
        }
        return bytes(value);
    }

    /** @param subject null for the mode of all subjects without their own */
    static byte[] modeKey(@Nullable String subject) {
        return scopedKey("MODE", subject);
    }

    static byte[] modeValue(Mode mode) {
        return bytes(JSON.createObjectNode().put("mode", mode.name()));
    }

    private static byte[] scopedKey(String type, @Nullable String subject) {
        return bytes(JSON.createObjectNode()
                .put("keytype", type)
                .put("subject", subject)
                .put("magic", 0));
    }

    /** Applies a record of the log to the state. Logs and skips one that is not valid. */
    static void apply(SchemaLog.Entry entry, RegistryState state) {
        try {
            JsonNode key = JSON.readTree(entry.key() == null ? new byte[0] : entry.key());
            byte[] value = entry.value();
            switch (key.path("keytype").asText()) {
                case "SCHEMA" -> {
                    if (value != null) {
                        state.apply(registration(key, JSON.readTree(value)), entry.offset());
                    }
                }
                case "CONFIG" ->
                    state.configs().apply(subject(key), value == null ? null : config(JSON.readTree(value)));
                case "MODE" ->
                    state.modes()
                            .apply(
                                    subject(key),
                                    value == null ? null : Mode.ofName(text(JSON.readTree(value), "mode")));
                default -> log.debug("skipping a record of another type: offset {}, key {}", entry.offset(), key);
            }
        } catch (IOException | IllegalArgumentException | RegistryException e) {
            log.warn("skipping an invalid record: offset {}: {}", entry.offset(), e.getMessage());
        }
    }

    private static Registration registration(JsonNode key, JsonNode value) throws IOException {
        Registration.Key claimed = new Registration.Key(
                text(key, "subject"), number(key, "version"), key.path("claim").asText(""));
        boolean purged = value.hasNonNull("fingerprint");
        SchemaText schema = purged
                ? SchemaText.of("")
                : new SchemaText(text(value, "schema"), SchemaJson.references(value.path("references")));
        return new Registration(
                claimed,
                number(value, "id"),
                schema,
                purged ? text(value, "fingerprint") : Registration.hash(schema),
                value.path("origin").asLong(Registration.UNPLACED),
                value.path("deleted").asBoolean(),
                purged);
    }

    private static @Nullable String subject(JsonNode key) {
        return key.hasNonNull("subject") ? key.path("subject").asText() : null;
    }

    private static SubjectConfig config(JsonNode value) throws IOException {
        boolean hasLevel = value.hasNonNull("compatibilityLevel");
        if (!hasLevel && !value.hasNonNull("normalize")) {
            throw new IOException("expected compatibilityLevel or normalize, found " + value);
        }
        return new SubjectConfig(
                hasLevel ? Compatibility.ofName(text(value, "compatibilityLevel")) : null,
                value.hasNonNull("normalize") ? value.path("normalize").asBoolean() : null);
    }

    private static String text(JsonNode node, String field) throws IOException {
        if (!node.path(field).isTextual()) {
            throw new IOException(field + ": expected text, found " + node.path(field));
        }
        return node.path(field).textValue();
    }

    private static int number(JsonNode node, String field) throws IOException {
        if (!node.path(field).canConvertToInt() || node.path(field).intValue() < 1) {
            throw new IOException(field + ": expected a number from 1, found " + node.path(field));
        }
        return node.path(field).intValue();
    }

    private static byte[] bytes(JsonNode node) {
        try {
            return JSON.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot print " + node, e);
        }
    }
}
