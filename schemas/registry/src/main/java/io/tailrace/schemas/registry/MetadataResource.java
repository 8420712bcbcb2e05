package io.tailrace.schemas.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** What consoles ask about the registry itself: {@code /v1/metadata} and {@code /contexts}. Thread-safe. */
final class MetadataResource {
    private final String clusterId;
    private final String version = readVersion();

    MetadataResource(String clusterId) {
        this.clusterId = clusterId;
    }

    void addTo(Router router) {
        router.add("GET", "v1/metadata/id", request -> id())
                .add("GET", "v1/metadata/version", request -> RegistryApi.JSON
                        .createObjectNode()
                        .put("version", version)
                        .put("commitId", ""))
                .add("GET", "contexts", request -> RegistryApi.JSON
                        .createArrayNode()
                        .add("."));
    }

    private JsonNode id() {
        ObjectNode id = RegistryApi.JSON.createObjectNode().put("id", "");
        ObjectNode scope = id.putObject("scope");
        scope.putArray("path");
        scope.putObject("clusters").put("kafka-cluster", clusterId).put("schema-registry-cluster", "schema-registry");
        return id;
    }

    private static String readVersion() {
        String file = "version.properties";
        try (InputStream in = MetadataResource.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing beside " + MetadataResource.class.getName());
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", "");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
