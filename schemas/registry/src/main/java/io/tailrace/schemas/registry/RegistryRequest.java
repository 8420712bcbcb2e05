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
 * A request of HTTP, taken apart.
 *
 * @param method as {@code GET}
 * @param path the decoded segments of the path
 * @param queries the decoded parameters; the last value of each
 * @param body its bytes; empty without one
 */
record RegistryRequest(String method, List<String> path, Map<String, String> queries, byte[] body) {

    static RegistryRequest of(String method, URI uri, byte[] body) {
        List<String> path = new ArrayList<>();
        for (String segment : uri.getRawPath().split("/", -1)) {
            if (!segment.isEmpty()) {
                // A plus stands for itself in a path, and for a space only in a query.
                path.add(decode(segment.replace("+", "%2B")));
            }
        }
        Map<String, String> queries = new HashMap<>();
        if (uri.getRawQuery() != null) {
            for (String query : uri.getRawQuery().split("&", -1)) {
                int equals = query.indexOf('=');
                queries.put(
                        decode(equals < 0 ? query : query.substring(0, equals)),
                        equals < 0 ? "" : decode(query.substring(equals + 1)));
            }
        }
        return new RegistryRequest(method, path, queries, body);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new RegistryException(400, "'" + text + "' is not encoded as a URL");
        }
    }

    boolean flag(String name) {
        return query(name).equals("true");
    }

    /** A parameter's value, empty if it is absent. */
    String query(String name) {
        return queries.getOrDefault(name, "");
    }

    JsonNode json() throws IOException {
        try {
            JsonNode json = RegistryApi.JSON.readTree(body);
            if (json.isObject()) {
                return json;
            }
        } catch (JsonProcessingException e) {
            throw new RegistryException(400, "body is not JSON: " + e.getOriginalMessage());
        }
        throw new RegistryException(400, "body is not a JSON object");
    }

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
