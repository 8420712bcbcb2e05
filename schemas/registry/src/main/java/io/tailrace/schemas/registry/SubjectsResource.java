package io.tailrace.schemas.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** {@code /subjects} and {@code /compatibility}: subjects, their versions, and checks of new ones. Thread-safe. */
final class SubjectsResource {
    private static final String DELETED = "deleted";
    private static final String NORMALIZE = "normalize";

    private final SchemaQueries queries;
    private final SchemaWriter writer;

    SubjectsResource(SchemaRegistry registry) {
        this.queries = registry.queries();
        this.writer = registry.writer();
    }

    void addTo(Router router) {
        String subject = "subjects/{subject}";
        String versions = subject + "/versions";
        String version = versions + "/{version}";
        router.add("GET", "subjects", this::subjects)
                .add("POST", subject, this::lookUp)
                .add("DELETE", subject, this::deleteSubject)
                .add("GET", versions, this::versions)
                .add("POST", versions, this::register)
                .add("GET", version, request -> SchemaJson.of(version(request)))
                .add("DELETE", version, this::deleteVersion)
                .add(
                        "GET",
                        version + "/schema",
                        request -> RegistryApi.JSON.readTree(
                                version(request).text().json()))
                .add("GET", version + "/referencedby", this::referrers)
                .add("POST", "compatibility/" + versions, request -> compatibility(request, Optional.empty()))
                .add(
                        "POST",
                        "compatibility/" + version,
                        request -> compatibility(request, Optional.of(request.version())));
    }

    private JsonNode subjects(RegistryRequest request) {
        String prefix = request.subjectPrefix();
        List<String> subjects = request.flag("deletedOnly")
                ? queries.deletedSubjects(prefix)
                : queries.subjects(prefix, request.flag(DELETED));
        return RegistryApi.JSON.valueToTree(request.page(subjects));
    }

    private JsonNode lookUp(RegistryRequest request) throws IOException {
        NewSchema schema = SchemaJson.requested(request.json());
        return SchemaJson.of(
                queries.lookUp(request.subject(), schema.text(), request.flag(NORMALIZE), request.flag(DELETED)));
    }

    private JsonNode deleteSubject(RegistryRequest request) {
        return RegistryApi.JSON.valueToTree(writer.deleteSubject(request.subject(), request.flag("permanent")));
    }

    private JsonNode versions(RegistryRequest request) {
        return RegistryApi.JSON.valueToTree(
                request.page(queries.versions(request.subject(), request.flag(DELETED)).stream()
                        .map(Registration::version)
                        .toList()));
    }

    private JsonNode register(RegistryRequest request) throws IOException {
        NewSchema schema = SchemaJson.requested(request.json());
        return RegistryApi.JSON
                .createObjectNode()
                .put("id", writer.register(request.subject(), schema, request.flag(NORMALIZE)));
    }

    private Registration version(RegistryRequest request) {
        return queries.version(request.subject(), request.version(), request.flag(DELETED));
    }

    private JsonNode deleteVersion(RegistryRequest request) {
        return RegistryApi.JSON.valueToTree(
                writer.deleteVersion(request.subject(), request.version(), request.flag("permanent")));
    }

    private JsonNode referrers(RegistryRequest request) {
        return RegistryApi.JSON.valueToTree(
                request.page(queries.referrers(request.subject(), request.version(), request.flag(DELETED))));
    }

    private JsonNode compatibility(RegistryRequest request, Optional<Version> version) throws IOException {
        NewSchema schema = SchemaJson.requested(request.json());
        List<String> incompatibilities = queries.incompatibilities(request.subject(), version, schema.text());
        ObjectNode response = RegistryApi.JSON.createObjectNode().put("is_compatible", incompatibilities.isEmpty());
        if (request.flag("verbose")) {
            response.set("messages", RegistryApi.JSON.valueToTree(incompatibilities));
        }
        return response;
    }
}
