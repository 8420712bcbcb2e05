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
import java.util.Objects;

/**
 * An HTTP request. Immutable.
 *
 * @param method as {@code GET}
 * @param uri the path and query as they were sent
 * @param path the decoded segments of the path, without an empty one at the end
 * @param variables the segments that a route's pattern names
 * @param parameters the decoded query; of repeated parameters, the last value
 * @param body empty if there is none
 */
record RegistryRequest(
        String method,
        URI uri,
        List<String> path,
        Map<String, String> variables,
        Map<String, String> parameters,
        byte[] body) {

    /** Prefixes that Confluent's clients send for the subjects of all contexts, and of the default one. */
    private static final List<String> CONTEXTS = List.of(":*:", ":.:");

    static RegistryRequest of(String method, URI uri, byte[] body) {
        List<String> path = new ArrayList<>();
        for (String segment : uri.getRawPath().split("/", -1)) {
            // In a path a plus is a plus; only in a query is it a space.
            path.add(decode(segment.replace("+", "%2B")));
        }
        path.remove(0);
        if (!path.isEmpty() && path.get(path.size() - 1).isEmpty()) {
            path.remove(path.size() - 1);
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
        return new RegistryRequest(method, uri, path, Map.of(), parameters, body);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new RegistryException(400, "invalid URL encoding: '" + text + "'");
        }
    }

    RegistryRequest with(Map<String, String> found) {
        return new RegistryRequest(method, uri, path, found, parameters, body);
    }

    /** The subject in the path. */
    String subject() {
        return variable("subject");
    }

    /** The version in the path. */
    Version version() {
        return Version.parse(variable("version"));
    }

    /** The schema id in the path. */
    int id() {
        try {
            return Integer.parseInt(variable("id"));
        } catch (NumberFormatException e) {
            throw new RegistryException(404, "invalid schema id '" + variable("id") + "': expected a number");
        }
    }

    private String variable(String name) {
        return Objects.requireNonNull(variables.get(name), name);
    }

    /** Whether a parameter is {@code true}. */
    boolean flag(String name) {
        return parameter(name).equalsIgnoreCase("true");
    }

    /** A parameter's value; empty if it is absent. */
    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    /** What the names of the subjects begin with. Empty for all. */
    String subjectPrefix() {
        String prefix = parameter("subjectPrefix");
        return CONTEXTS.stream()
                .filter(prefix::startsWith)
                .findFirst()
                .map(context -> prefix.substring(context.length()))
                .orElse(prefix);
    }

    /** The part of a list that parameters {@code offset} and {@code limit} name; a limit below 1 is none. */
    <T> List<T> page(List<T> all) {
        int from = Math.min(all.size(), Math.max(0, number("offset")));
        int limit = number("limit");
        return all.subList(from, limit < 1 ? all.size() : (int) Math.min(all.size(), (long) from + limit));
    }

    private int number(String name) {
        String text = parameter(name);
        try {
            return text.isEmpty() ? 0 : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new RegistryException(400, "invalid " + name + " '" + text + "': expected a number");
        }
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
}
