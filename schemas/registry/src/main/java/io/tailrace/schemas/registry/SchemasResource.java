package io.tailrace.schemas.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;

/** {@code /schemas}: schemas by id, and in all subjects. Thread-safe. */
final class SchemasResource {
    private final SchemaQueries queries;

    SchemasResource(SchemaRegistry registry) {
        this.queries = registry.queries();
    }

    void addTo(Router router) {
        router.add("GET", "schemas", this::schemas)
                .add("GET", "schemas/types", request -> RegistryApi.JSON
                        .createArrayNode()
                        .add(SchemaJson.AVRO))
                .add("GET", "schemas/ids/{id}", request -> SchemaJson.of(queries.schema(request.id())))
                .add(
                        "GET",
                        "schemas/ids/{id}/schema",
                        request -> RegistryApi.JSON.readTree(
                                queries.schema(request.id()).json()))
                .add("GET", "schemas/ids/{id}/subjects", this::subjects)
                .add("GET", "schemas/ids/{id}/versions", this::versions);
    }

    private JsonNode schemas(RegistryRequest request) {
        ArrayNode array = RegistryApi.JSON.createArrayNode();
        List<Registration> found =
                queries.registrations(request.subjectPrefix(), request.flag("deleted"), request.flag("latestOnly"));
        request.page(found).forEach(registration -> array.add(SchemaJson.of(registration)));
        return array;
    }

    private JsonNode subjects(RegistryRequest request) {
        return RegistryApi.JSON.valueToTree(request.page(registrations(request).stream()
                .map(Registration::subject)
                .distinct()
                .toList()));
    }

    private JsonNode versions(RegistryRequest request) {
        ArrayNode array = RegistryApi.JSON.createArrayNode();
        request.page(registrations(request)).forEach(registration -> array.addObject()
                .put("subject", registration.subject())
                .put("version", registration.version()));
        return array;
    }

    private List<Registration> registrations(RegistryRequest request) {
        String subject = request.parameter("subject");
        return queries.registrations(request.id(), request.flag("deleted")).stream()
                .filter(registration -> subject.isEmpty() || subject.equals(registration.subject()))
                .toList();
    }
}
