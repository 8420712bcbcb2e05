package io.tailrace.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to a registry. A request without a response, or with a server error, is sent up to {@link #ATTEMPTS_MAX}
 * times, with a pause that doubles. Thread-safe.
 *
 * <p>Design note: {@link java.net.http.HttpClient} has a timeout for a whole exchange, but loads a thousand classes, those of TLS
 * among them for any address, which are a tenth of an agent's memory.
 */
final class RegistryConnection {
    static final int ATTEMPTS_MAX = 4;

    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int RESPONSE_BYTES_MAX = 16 << 20;
    private static final int PIECE_BYTES = 8 << 10;
    private static final int NOT_FOUND = 404;

    private final URI base;
    private final Duration timeout;
    private final long firstPauseMs;

    /** @param body JSON to POST; a request without one is a GET */
    private record Request(URI uri, byte @Nullable [] body) {}

    private record Response(int status, byte[] body) {}

    RegistryConnection(URI base, Duration timeout, Duration firstPause) {
        this.base = base.getPath().endsWith("/") ? base : URI.create(base + "/");
        this.timeout = timeout;
        this.firstPauseMs = firstPause.toMillis();
    }

    /**
     * The JSON at a path.
     *
     * @param path relative to the registry's address, encoded
     * @throws SchemaRegistryException if there is no valid response, or it is an error
     */
    JsonNode get(String path) {
        return send(new Request(address(path), null));
    }

    /** Sends JSON to a path, otherwise as {@link #get}. */
    JsonNode post(String path, JsonNode body) {
        return send(new Request(address(path), body.toString().getBytes(StandardCharsets.UTF_8)));
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

    private JsonNode send(Request request) {
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

    private JsonNode attempt(Request request) {
        Response response = exchange(request);
        JsonNode body = json(request, response.status(), response.body());
        if (response.status() / 100 == 2) {
            return body;
        }
        int code = body.path("error_code").asInt(response.status());
        throw new SchemaRegistryException(
                code,
                "schema registry refused %s (%d): %s%s"
                        .formatted(
                                request.uri(),
                                code,
                                body.path("message").asText("status " + response.status()),
                                code == NOT_FOUND ? "; check that this is the address of a schema registry" : ""));
    }

    private Response exchange(Request request) {
        CompletableFuture<Void> exchange = new CompletableFuture<>();
        try {
            HttpURLConnection connection = open(request);
            // A connection's own timeouts bound each read, and a response may come in drips.
            var unused = exchange.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .exceptionally(late -> {
                        connection.disconnect();
                        return null;
                    });
            write(connection, request);
            int status = connection.getResponseCode();
            boolean isError = status >= HttpURLConnection.HTTP_BAD_REQUEST;
            try (InputStream body = isError ? connection.getErrorStream() : connection.getInputStream()) {
                return new Response(status, body == null ? new byte[0] : read(body));
            }
        } catch (IOException e) {
            throw noAnswer(request, exchange.isDone() ? new SocketTimeoutException("timed out after " + timeout) : e);
        } finally {
            exchange.complete(null);
        }
    }

    private HttpURLConnection open(Request request) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) request.uri().toURL().openConnection();
        int timeoutMs = Math.toIntExact(timeout.toMillis());
        connection.setConnectTimeout(timeoutMs);
        connection.setReadTimeout(timeoutMs);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestProperty("Accept", CONTENT_TYPE);
        return connection;
    }

    private static void write(HttpURLConnection connection, Request request) throws IOException {
        byte[] body = request.body();
        if (body != null) {
            connection.setRequestProperty("Content-Type", CONTENT_TYPE);
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(body.length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body);
            }
        }
    }

    private static byte[] read(InputStream body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] piece = new byte[PIECE_BYTES];
        for (int count = body.read(piece); count >= 0; count = body.read(piece)) {
            bytes.write(piece, 0, count);
            if (bytes.size() > RESPONSE_BYTES_MAX) {
                throw new IOException("response of more than " + RESPONSE_BYTES_MAX + " bytes");
            }
        }
        return bytes.toByteArray();
    }

    private static SchemaRegistryException noAnswer(Request request, Throwable cause) {
        return new SchemaRegistryException(
                "no answer from schema registry at " + request.uri() + ": " + cause
                        + "; check that it is running and that the address is right",
                cause);
    }

    private static JsonNode json(Request request, int status, byte[] bytes) {
        try {
            return JSON.readTree(new String(bytes, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new SchemaRegistryException(
                    status,
                    request.uri() + ": expected JSON, found another body with status " + status
                            + "; check that this is the address of a schema registry");
        }
    }

    private void pause(Request request, int attempt) {
        long pauseMs = firstPauseMs << (attempt - 1);
        try {
            Thread.sleep(pauseMs + ThreadLocalRandom.current().nextLong(pauseMs));
        } catch (InterruptedException e) {
            throw interrupted(request, e);
        }
    }

    private static SchemaRegistryException interrupted(Request request, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new SchemaRegistryException("interrupted while waiting for " + request.uri(), e);
    }
}
