package io.tailrace.schemas.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tailrace.schemas.SchemaReference;
import io.tailrace.schemas.SchemaText;
import java.util.ArrayList;
import java.util.List;

/** The JSON of schemas, in requests, responses and records. */
final class SchemaJson {
    static final String AVRO = "AVRO";

    private SchemaJson() {}

    /**
     * Reads the schema of a request.
     *
     * @throws RegistryException 42201 if it asks for something that is not supported, or is not complete
     */
    static NewSchema requested(JsonNode body) {
        String type = body.path("schemaType").asText(AVRO);
        if (body.hasNonNull("schemaType") && !type.equals(AVRO)) {
            throw RegistryException.invalidSchema("schemaType " + type + " is not supported: expected " + AVRO);
        }
        for (String unsupported : List.of("metadata", "ruleSet")) {
            if (!body.path(unsupported).isEmpty()) {
                throw RegistryException.invalidSchema(unsupported + " is not supported: expected a schema without it");
            }
        }
        SchemaText text = new SchemaText(body.path("schema").asText(), references(body.path("references")));
        return new NewSchema(text, number(body, "id"), number(body, "version"));
    }

    /** Clients send null, 0 or -1 for a number that the registry is to choose. */
    private static int number(JsonNode body, String field) {
        JsonNode number = body.path(field);
        if (number.isMissingNode() || number.isNull()) {
            return NewSchema.UNSET;
        }
        if (!number.canConvertToInt() || !number.isIntegralNumber()) {
            throw RegistryException.invalidSchema(field + ": expected a number from 1, found " + number);
        }
        return Math.max(NewSchema.UNSET, number.intValue());
    }

    /**
     * Reads references.
     *
     * @throws RegistryException 42201 if one is not complete
     */
    static List<SchemaReference> references(JsonNode array) {
        List<SchemaReference> references = new ArrayList<>();
        for (JsonNode each : array) {
            boolean isComplete = each.path("name").isTextual()
                    && each.path("subject").isTextual()
                    && each.path("version").canConvertToInt()
                    && each.path("version").intValue() > 0;
            if (!isComplete) {
                throw RegistryException.invalidSchema(
                        "invalid reference: expected name, subject and a version from 1, found " + each);
            }
            references.add(new SchemaReference(
                    each.path("name").textValue(),
                    each.path("subject").textValue(),
                    each.path("version").intValue()));
        }
        return references;
    }

    static void putReferences(ObjectNode object, SchemaText text) {
        if (!text.references().isEmpty()) {
            ArrayNode array = object.putArray("references");
            text.references().forEach(reference -> array.addObject()
                    .put("name", reference.name())
                    .put("subject", reference.subject())
                    .put("version", reference.version()));
        }
    }

    /** A schema without its place. */
    static ObjectNode of(SchemaText text) {
        ObjectNode object = RegistryApi.JSON.createObjectNode().put("schema", text.json());
        putReferences(object, text);
        return object;
    }

    /** A version of a subject. */
    static ObjectNode of(Registration registration) {
        ObjectNode object = RegistryApi.JSON
                .createObjectNode()
                .put("subject", registration.subject())
                .put("id", registration.id())
                .put("version", registration.version())
                .put("schema", registration.text().json());
        putReferences(object, registration.text());
        if (registration.deleted()) {
            object.put("deleted", true);
        }
        return object;
    }
}
