package io.tailrace.schemas.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the handler of a request by its path and method. What has GET also has HEAD, and every path has OPTIONS.
 *
 * <p>Routes are added before the first request. After that it does not change, and may be used by many threads.
 */
final class Router {
    private static final String GET = "GET";
    private static final String HEAD = "HEAD";
    private static final String OPTIONS = "OPTIONS";

    /** Handles a request. */
    @FunctionalInterface
    interface Handler {
        /**
         * The body of the response.
         *
         * @throws RegistryException if the request is refused or fails
         */
        JsonNode handle(RegistryRequest request) throws IOException;
    }

    /** @param pattern segments of a path; one in braces stands for any that is not empty */
    private record Route(List<String> pattern, Map<String, Handler> handlers) {
        boolean matches(List<String> path) {
            if (path.size() != pattern.size()) {
                return false;
            }
            for (int i = 0; i < path.size(); i++) {
                String expected = pattern.get(i);
                if (isVariable(expected) ? path.get(i).isEmpty() : !expected.equals(path.get(i))) {
                    return false;
                }
            }
            return true;
        }

        Map<String, String> variables(List<String> path) {
            Map<String, String> variables = new HashMap<>();
            for (int i = 0; i < path.size(); i++) {
                String name = pattern.get(i);
                if (isVariable(name)) {
                    variables.put(name.substring(1, name.length() - 1), path.get(i));
                }
            }
            return variables;
        }

        private static boolean isVariable(String segment) {
            return segment.startsWith("{");
        }

        Set<String> methods() {
            Set<String> methods = new TreeSet<>(handlers.keySet());
            methods.add(OPTIONS);
            if (methods.contains(GET)) {
                methods.add(HEAD);
            }
            return methods;
        }
    }

    private final List<Route> routes = new ArrayList<>();

    /**
     * Adds a route. Of two that match a path, the first is taken.
     *
     * @param pattern as {@code subjects/{subject}/versions}
     */
    Router add(String method, String pattern, Handler handler) {
        List<String> segments = pattern.isEmpty() ? List.of() : List.of(pattern.split("/", -1));
        for (Route route : routes) {
            if (route.pattern().equals(segments)) {
                route.handlers().put(method, handler);
                return this;
            }
        }
        routes.add(new Route(segments, new HashMap<>(Map.of(method, handler))));
        return this;
    }

    /**
     * Handles a request.
     *
     * @throws RegistryException 404 for an unknown path, or if the request is refused or fails
     */
    RegistryResponse handle(RegistryRequest request) throws IOException {
        Route route = routes.stream()
                .filter(each -> each.matches(request.path()))
                .findFirst()
                .orElseThrow(() -> new RegistryException(404, "HTTP 404 Not Found: " + request.uri()));
        String method = request.method().equals(HEAD) ? GET : request.method();
        Handler handler = route.handlers().get(method);
        if (handler != null) {
            return RegistryResponse.ok(handler.handle(request.with(route.variables(request.path()))));
        }
        String allowed = String.join(", ", route.methods());
        return method.equals(OPTIONS)
                ? new RegistryResponse(200, RegistryApi.JSON.createObjectNode(), allowed)
                : new RegistryResponse(
                        405,
                        RegistryResponse.error(
                                405,
                                "HTTP 405 Method Not Allowed: expected " + allowed + ", found " + request.method()),
                        allowed);
    }
}
