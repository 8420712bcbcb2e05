package io.tailrace.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends requests to a registry. A request without a response, or with a server error, is sent up to {@link #ATTEMPTS_MAX}
 * times, with a pause that doubles. Thread-safe.
 */
final class RegistryConnection {
    static final int ATTEMPTS_MAX = 4;

    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int RESPONSE_BYTES_MAX = 16 << 20;
    private static final int NOT_FOUND = 404;

    private final URI base;
    private final Duration timeout;
    private final long firstPauseMs;
    private final HttpClient http;

    RegistryConnection(URI base, Duration timeout, Duration firstPause) {
        this.base = base.getPath().endsWith("/") ? base : URI.create(base + "/");
        this.timeout = timeout;
        this.firstPauseMs = firstPause.toMillis();
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .build();
    }

    /**
     * The JSON at a path.
     *
     * @param path relative to the registry's address, encoded
     * @throws SchemaRegistryException if there is no valid response, or it is an error
     */
    JsonNode get(String path) {
        return send(request(path).GET().build());
    }

    /** Sends JSON to a path, otherwise as {@link #get}. */
    JsonNode post(String path, JsonNode body) {
        return send(request(path).POST(BodyPublishers.ofString(body.toString())).build());
    }

    /** An error for a response that is JSON, but not what the path should have. */
    SchemaRegistryException unexpected(String path, String expected, JsonNode found) {
        return new SchemaRegistryException(
                SchemaRegistryException.NO_ANSWER, base.resolve(path) + ": expected " + expected + ", found " + found);
    }

    /** The whole address of a path. */
    URI address(String path) {
        return base.resolve(path);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path))
                .timeout(timeout)
                .header("Accept", CONTENT_TYPE)
                .header("Content-Type", CONTENT_TYPE);
    }

    private JsonNode send(HttpRequest request) {
        for (int attempt = 1; ; attempt++) {
            try {
                return attempt(request);
            } catch (SchemaRegistryException e) {
                if (attempt == ATTEMPTS_MAX || !e.isRetriable()) {
                    throw e;
                }
            }
            pause(request, attempt);
        }
    }

    private JsonNode attempt(HttpRequest request) {
        HttpResponse<byte[]> response = exchange(request);
        JsonNode body = json(request, response.statusCode(), response.body());
        if (response.statusCode() / 100 == 2) {
            return body;
        }
        int code = body.path("error_code").asInt(response.statusCode());
        throw new SchemaRegistryException(
                code,
                "schema registry refused %s (%d): %s%s"
                        .formatted(
                                request.uri(),
                                code,
                                body.path("message").asText("status " + response.statusCode()),
                                code == NOT_FOUND ? "; check that this is the address of a schema registry" : ""));
    }

    private HttpResponse<byte[]> exchange(HttpRequest request) {
        CompletableFuture<HttpResponse<byte[]>> response =
                http.sendAsync(request, headers -> new BoundedBody(RESPONSE_BYTES_MAX));
        try {
            // The timeout of the request covers the headers only, and the body may stall too.
            return response.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw noAnswer(request, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw noAnswer(request, e);
        } catch (InterruptedException e) {
            throw interrupted(request, e);
        } finally {
            response.cancel(true);
        }
    }

    private static SchemaRegistryException noAnswer(HttpRequest request, Throwable cause) {
        return new SchemaRegistryException(
                "no answer from schema registry at " + request.uri() + ": " + cause
                        + "; check that it is running and that the address is right",
                cause);
    }

    private static JsonNode json(HttpRequest request, int status, byte[] bytes) {
        try {
            return JSON.readTree(new String(bytes, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new SchemaRegistryException(
                    status,
                    request.uri() + ": expected JSON, found another body with status " + status
                            + "; check that this is the address of a schema registry");
        }
    }

    private void pause(HttpRequest request, int attempt) {
        long pauseMs = firstPauseMs << (attempt - 1);
        try {
            Thread.sleep(pauseMs + ThreadLocalRandom.current().nextLong(pauseMs));
        } catch (InterruptedException e) {
            throw interrupted(request, e);
        }
    }

    private static SchemaRegistryException interrupted(HttpRequest request, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new SchemaRegistryException("interrupted while waiting for " + request.uri(), e);
    }
}
