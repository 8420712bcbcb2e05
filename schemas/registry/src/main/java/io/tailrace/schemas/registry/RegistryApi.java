package io.tailrace.schemas.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The REST interface of Confluent's registry without HTTP: its resources, and the JSON of requests and responses.
 *
 * <p>Thread-safe.
 */
final class RegistryApi {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final String AVRO = "AVRO";

    private final SchemaRegistry registry;

    RegistryApi(SchemaRegistry registry) {
        this.registry = registry;
    }

    /**
     * Handles a request.
     *
     * @return the body of the response
     * @throws RegistryException if the request is refused or fails
     */
    JsonNode handle(RegistryRequest request) throws IOException {
        if (request.path().isEmpty()) {
            request.allow("GET");
            return JSON.createObjectNode();
        }
        return switch (request.path().get(0)) {
            case "schemas" -> schemas(request);
            case "subjects" -> subjects(request);
            case "compatibility" -> compatibility(request);
            case "config" -> config(request);
            default -> throw request.notFound();
        };
    }

    private JsonNode schemas(RegistryRequest request) throws JsonProcessingException {
        request.allow("GET");
        List<String> path = request.path();
        if (path.equals(List.of("schemas", "types"))) {
            return JSON.createArrayNode().add(AVRO);
        }
        if (path.size() < 3 || path.size() > 4 || !path.get(1).equals("ids")) {
            throw request.notFound();
        }
        int id = id(path.get(2));
        if (path.size() == 3) {
            return JSON.createObjectNode().put("schema", registry.schema(id));
        }
        ArrayNode array = JSON.createArrayNode();
        switch (path.get(3)) {
            case "schema" -> {
                return JSON.readTree(registry.schema(id));
            }
            case "subjects" ->
                registry.registrations(id, request.flag("deleted")).stream()
                        .map(Registration::subject)
                        .distinct()
                        .forEach(array::add);
            case "versions" ->
                registry.registrations(id, request.flag("deleted")).forEach(registration -> array.addObject()
                        .put("subject", registration.subject())
                        .put("version", registration.version()));
            default -> throw request.notFound();
        }
        return array;
    }

    private static int id(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new RegistryException(404, "invalid schema id '" + text + "': expected a number");
        }
    }

    private JsonNode subjects(RegistryRequest request) throws IOException {
        List<String> path = request.path();
        if (path.size() == 1) {
            request.allow("GET");
            return JSON.valueToTree(registry.subjects(request.parameter("subjectPrefix"), request.flag("deleted")));
        }
        String subject = path.get(1);
        if (path.size() == 2) {
            return subject(request, subject);
        }
        if (!path.get(2).equals("versions")) {
            throw request.notFound();
        }
        return switch (path.size()) {
            case 3 -> versions(request, subject);
            case 4 -> version(request, subject, Version.parse(path.get(3)));
            case 5 -> {
                request.allow("GET");
                if (!path.get(4).equals("schema")) {
                    throw request.notFound();
                }
                Version version = Version.parse(path.get(3));
                yield JSON.readTree(registry.version(subject, version, request.flag("deleted"))
                        .schema());
            }
            default -> throw request.notFound();
        };
    }

    private JsonNode subject(RegistryRequest request, String subject) throws IOException {
        request.allow("POST", "DELETE");
        return request.method().equals("POST")
                ? json(registry.lookUp(subject, schemaOf(request), request.flag("deleted")))
                : JSON.valueToTree(registry.deleteSubject(subject, request.flag("permanent")));
    }

    private JsonNode versions(RegistryRequest request, String subject) throws IOException {
        request.allow("GET", "POST");
        if (request.method().equals("POST")) {
            return JSON.createObjectNode().put("id", registry.register(subject, schemaOf(request)));
        }
        return JSON.valueToTree(registry.versions(subject, request.flag("deleted")).stream()
                .map(Registration::version)
                .toList());
    }

    private JsonNode version(RegistryRequest request, String subject, Version version) {
        request.allow("GET", "DELETE");
        return request.method().equals("GET")
                ? json(registry.version(subject, version, request.flag("deleted")))
                : JSON.valueToTree(registry.deleteVersion(subject, version, request.flag("permanent")));
    }

    private static JsonNode json(Registration registration) {
        return JSON.createObjectNode()
                .put("subject", registration.subject())
                .put("id", registration.id())
                .put("version", registration.version())
                .put("schema", registration.schema());
    }

    private JsonNode compatibility(RegistryRequest request) throws IOException {
        List<String> path = request.path();
        boolean known = (path.size() == 4 || path.size() == 5)
                && path.get(1).equals("subjects")
                && path.get(3).equals("versions");
        if (!known) {
            throw request.notFound();
        }
        request.allow("POST");
        Optional<Version> version = path.size() == 5 ? Optional.of(Version.parse(path.get(4))) : Optional.empty();
        List<String> incompatibilities = registry.incompatibilities(path.get(2), version, schemaOf(request));
        ObjectNode response = JSON.createObjectNode().put("is_compatible", incompatibilities.isEmpty());
        if (request.flag("verbose")) {
            response.set("messages", JSON.valueToTree(incompatibilities));
        }
        return response;
    }

    private JsonNode config(RegistryRequest request) throws IOException {
        List<String> path = request.path();
        if (path.size() > 2) {
            throw request.notFound();
        }
        request.allow("GET", "PUT", "DELETE");
        Optional<String> subject = path.size() == 2 ? Optional.of(path.get(1)) : Optional.empty();
        switch (request.method()) {
            case "PUT" -> {
                Compatibility level = Compatibility.ofName(
                        request.json().path("compatibility").asText());
                registry.setLevel(subject, level);
                return JSON.createObjectNode().put("compatibility", level.name());
            }
            case "DELETE" -> {
                return level(registry.removeLevel(subject));
            }
            default -> {
                boolean orGlobal = request.flag("defaultToGlobal");
                return level(subject.isPresent() ? registry.level(subject.get(), orGlobal) : registry.level());
            }
        }
    }

    private static JsonNode level(Compatibility level) {
        return JSON.createObjectNode().put("compatibilityLevel", level.name());
    }

    private static String schemaOf(RegistryRequest request) throws IOException {
        JsonNode body = request.json();
        String type = body.path("schemaType").asText(AVRO);
        if (!type.equals(AVRO)) {
            throw RegistryException.invalidSchema("schemaType " + type + " is not supported: expected " + AVRO);
        }
        if (!body.path("references").isEmpty()) {
            throw RegistryException.invalidSchema("references are not supported: expected a schema without them");
        }
        return body.path("schema").asText();
    }
}
