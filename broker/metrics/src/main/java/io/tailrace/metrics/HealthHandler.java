package io.tailrace.metrics;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Answers everything but {@code /metrics}: the health of the process, and 404. */
final class HealthHandler implements HttpHandler {
    static final String LIVE = "/health/live";
    static final String READY = "/health/ready";

    private static final int UNAVAILABLE = 503;
    private static final JsonMapper JSON = new JsonMapper();

    private final Health health;

    HealthHandler(Health health) {
        this.health = health;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            String path = exchange.getRequestURI().getPath();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                respond(exchange, 405, Map.of("error", "expected GET or HEAD"));
            } else if (LIVE.equals(path)) {
                respond(exchange, health.live());
            } else if (READY.equals(path)) {
                respond(exchange, health.ready());
            } else {
                respond(exchange, 404, Map.of("error", "expected /metrics, " + LIVE + " or " + READY));
            }
        }
    }

    private static void respond(HttpExchange exchange, Health.Status status) throws IOException {
        Map<String, String> body = new LinkedHashMap<>();
        body.put("status", status.ok() ? "up" : "down");
        body.put("reason", status.reason());
        respond(exchange, status.ok() ? 200 : UNAVAILABLE, body);
    }

    private static void respond(HttpExchange exchange, int code, Map<String, String> body) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(code, -1);
            return;
        }
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
