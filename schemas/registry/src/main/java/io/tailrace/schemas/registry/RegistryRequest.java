package io.tailrace.schemas.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An HTTP request. Immutable.
 *
 * @param method as {@code GET}
 * @param path the decoded segments of the path
 * @param parameters the decoded query; of repeated parameters, the last value
 * @param body empty if there is none
 */
record RegistryRequest(String method, List<String> path, Map<String, String> parameters, byte[] body) {

    static RegistryRequest of(String method, URI uri, byte[] body) {
        List<String> path = new ArrayList<>();
        for (String segment : uri.getRawPath().split("/", -1)) {
            if (!segment.isEmpty()) {
                // In a path a plus is a plus; only in a query is it a space.
                path.add(decode(segment.replace("+", "%2B")));
            }
        }
        Map<String, String> parameters = new HashMap<>();
        if (uri.getRawQuery() != null) {
            for (String parameter : uri.getRawQuery().split("&", -1)) {
                int equals = parameter.indexOf('=');
                parameters.put(
                        decode(equals < 0 ? parameter : parameter.substring(0, equals)),
                        equals < 0 ? "" : decode(parameter.substring(equals + 1)));
            }
        }
        return new RegistryRequest(method, path, parameters, body);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new RegistryException(400, "invalid URL encoding: '" + text + "'");
        }
    }

    /** Whether a parameter is {@code true}. */
    boolean flag(String name) {
        return parameter(name).equals("true");
    }

    /** A parameter's value; empty if it is absent. */
    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    /** The body, which must be a JSON object. */
    JsonNode json() throws IOException {
        try {
            JsonNode json = RegistryApi.JSON.readTree(body);
            if (json.isObject()) {
                return json;
            }
        } catch (JsonProcessingException e) {
            throw new RegistryException(400, "invalid body, expected JSON: " + e.getOriginalMessage());
        }
        throw new RegistryException(400, "invalid body: expected a JSON object");
    }

    /** Refuses any other method. */
    void allow(String... methods) {
        if (!List.of(methods).contains(method)) {
            throw new RegistryException(
                    405, "HTTP 405 Method Not Allowed: expected " + String.join(" or ", methods) + ", found " + method);
        }
    }

    RegistryException notFound() {
        return new RegistryException(404, "HTTP 404 Not Found: /" + String.join("/", path));
    }
}
