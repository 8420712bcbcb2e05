package io.tailrace.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.Schema;

/**
 * A client of our registry, or of any other with Confluent's HTTP interface.
 *
 * <p>Thread-safe. Caches up to {@link #CACHED_MAX} responses of each kind. A request without a response, or with a server
 * error, is sent up to {@link #ATTEMPTS_MAX} times, with a pause that doubles.
 */
public final class HttpSchemaRegistryClient implements SchemaRegistryClient {
    static final int CACHED_MAX = 1000;
    static final int ATTEMPTS_MAX = 4;

    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SUBJECT_NOT_FOUND = 40401;
    private static final int VERSION_NOT_FOUND = 40402;
    private static final long PAUSE_MS = 100;
    private static final int RESPONSE_BYTES_MAX = 16 << 20;

    private final URI base;
    private final Duration timeout;
    private final long firstPauseMs;
    private final HttpClient http;
    private final Map<Integer, Schema> schemas = Collections.synchronizedMap(new LeastRecentlyUsed<>());
    private final Map<Registered, Integer> ids = Collections.synchronizedMap(new LeastRecentlyUsed<>());

    private record Registered(String subject, Schema schema) {}

    /**
     * A client that has not connected yet.
     *
     * @param base the registry's address, as {@code http://localhost:8081}
     * @param timeout bound on each attempt
     */
    public HttpSchemaRegistryClient(URI base, Duration timeout) {
        this(base, timeout, Duration.ofMillis(PAUSE_MS));
    }

    HttpSchemaRegistryClient(URI base, Duration timeout, Duration firstPause) {
        this.base = base.getPath().endsWith("/") ? base : URI.create(base + "/");
        this.timeout = timeout;
        this.firstPauseMs = firstPause.toMillis();
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .build();
    }

    @Override
    public int register(String subject, Schema schema) {
        Registered registered = new Registered(subject, schema);
        Integer known = ids.get(registered);
        if (known != null) {
            return known;
        }
        String body = JSON.createObjectNode().put("schema", schema.toString()).toString();
        String path = "subjects/" + encoded(subject) + "/versions";
        int id = id(path, send(request(path).POST(BodyPublishers.ofString(body)).build()));
        ids.put(registered, id);
        return id;
    }

    @Override
    public Schema schema(int id) {
        Schema known = schemas.get(id);
        if (known != null) {
            return known;
        }
        String path = "schemas/ids/" + id;
        JsonNode response = send(request(path).GET().build());
        if (!response.path("schema").isTextual()) {
            throw new SchemaRegistryException(
                    SchemaRegistryException.NO_ANSWER, base.resolve(path) + ": expected a schema, found " + response);
        }
        try {
            Schema schema = new Schema.Parser().parse(response.path("schema").asText());
            schemas.put(id, schema);
            return schema;
        } catch (RuntimeException e) {
            // The parser has no common exception for invalid input.
            throw new SchemaRegistryException(
                    SchemaRegistryException.NOT_AVRO,
                    base.resolve(path) + ": expected an Avro schema, found " + response + " (" + e.getMessage() + ")");
        }
    }

    @Override
    public OptionalInt latestId(String subject) {
        String path = "subjects/" + encoded(subject) + "/versions/latest";
        try {
            return OptionalInt.of(id(path, send(request(path).GET().build())));
        } catch (SchemaRegistryException e) {
            if (e.errorCode() == SUBJECT_NOT_FOUND || e.errorCode() == VERSION_NOT_FOUND) {
                return OptionalInt.empty();
            }
            throw e;
        }
    }

    private static String encoded(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private int id(String path, JsonNode response) {
        if (!response.path("id").canConvertToInt()) {
            throw new SchemaRegistryException(
                    SchemaRegistryException.NO_ANSWER, base.resolve(path) + ": expected an id, found " + response);
        }
        return response.path("id").intValue();
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
        throw new SchemaRegistryException(
                body.path("error_code").asInt(response.statusCode()),
                "schema registry refused %s (%d): %s"
                        .formatted(
                                request.uri(),
                                body.path("error_code").asInt(response.statusCode()),
                                body.path("message").asText("status " + response.statusCode())));
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
        return new SchemaRegistryException("no answer from schema registry at " + request.uri() + ": " + cause, cause);
    }

    private static JsonNode json(HttpRequest request, int status, byte[] bytes) {
        try {
            return JSON.readTree(new String(bytes, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new SchemaRegistryException(
                    status, request.uri() + ": expected JSON, found another body with status " + status);
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

    private static final class LeastRecentlyUsed<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1L;

        LeastRecentlyUsed() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > CACHED_MAX;
        }
    }
}
