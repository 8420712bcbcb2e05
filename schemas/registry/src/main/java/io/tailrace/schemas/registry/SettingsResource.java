package io.tailrace.schemas.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** {@code /config} and {@code /mode}, of the registry and of subjects. Thread-safe. */
final class SettingsResource {
    private static final String COMPATIBILITY = "compatibility";
    private static final String NORMALIZE = "normalize";

    private final RegistrySettings settings;

    SettingsResource(RegistrySettings settings) {
        this.settings = settings;
    }

    void addTo(Router router) {
        for (String path : new String[] {"", "/{subject}"}) {
            router.add(
                            "GET",
                            "config" + path,
                            request -> json("compatibilityLevel", settings.config(subject(request), orGlobal(request))))
                    .add("PUT", "config" + path, this::configure)
                    .add(
                            "DELETE",
                            "config" + path,
                            request -> json("compatibilityLevel", settings.removeConfig(subject(request))))
                    .add("GET", "mode" + path, request -> json(settings.mode(subject(request), orGlobal(request))))
                    .add("PUT", "mode" + path, this::setMode)
                    .add("DELETE", "mode" + path, request -> json(settings.removeMode(subject(request))));
        }
    }

    private static @Nullable String subject(RegistryRequest request) {
        return request.variables().get("subject");
    }

    private static boolean orGlobal(RegistryRequest request) {
        return request.flag("defaultToGlobal");
    }

    private JsonNode configure(RegistryRequest request) throws IOException {
        JsonNode body = request.json();
        boolean hasNormalize = body.hasNonNull(NORMALIZE);
        if (hasNormalize && !body.path(NORMALIZE).isBoolean()) {
            throw new RegistryException(400, NORMALIZE + ": expected true or false, found " + body.path(NORMALIZE));
        }
        SubjectConfig config = new SubjectConfig(
                hasNormalize && !body.hasNonNull(COMPATIBILITY)
                        ? null
                        : Compatibility.ofName(body.path(COMPATIBILITY).asText()),
                hasNormalize ? body.path(NORMALIZE).booleanValue() : null);
        settings.configure(subject(request), config);
        return json(COMPATIBILITY, config);
    }

    private static JsonNode json(String levelName, SubjectConfig config) {
        ObjectNode object = RegistryApi.JSON.createObjectNode();
        if (config.level() != null) {
            object.put(levelName, config.level().name());
        }
        if (config.normalize() != null) {
            object.put(NORMALIZE, config.normalize());
        }
        return object;
    }

    private JsonNode setMode(RegistryRequest request) throws IOException {
        Mode mode = Mode.ofName(request.json().path("mode").asText());
        settings.setMode(subject(request), mode, request.flag("force"));
        return json(mode);
    }

    private static JsonNode json(Mode mode) {
        return RegistryApi.JSON.createObjectNode().put("mode", mode.name());
    }
}
