package io.tailrace.schemas.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * The REST interface of Confluent's registry without HTTP: docs/registry.md. Each resource has a class that adds its paths.
 *
 * <p>Thread-safe.
 */
final class RegistryApi {
    static final ObjectMapper JSON = new ObjectMapper();

    private final Router router = new Router();

    RegistryApi(SchemaRegistry registry) {
        router.add("GET", "", request -> JSON.createObjectNode());
        new SchemasResource(registry).addTo(router);
        new SubjectsResource(registry).addTo(router);
        new SettingsResource(registry.settings()).addTo(router);
        new MetadataResource(registry.clusterId()).addTo(router);
    }

    /**
     * Handles a request.
     *
     * @throws RegistryException if the request is refused or fails
     */
    RegistryResponse handle(RegistryRequest request) throws IOException {
        return router.handle(request);
    }
}
