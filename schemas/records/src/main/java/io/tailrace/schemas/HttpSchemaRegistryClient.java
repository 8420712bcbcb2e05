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
 * A registry over HTTP: ours, or any with Confluent's interface.
 *
 * <p>Thread-safe. Keeps up to {@link #CACHED_MAX} answers of each kind. A request that fails without an answer, or with
 * an error of the server's, is tried again {@link #ATTEMPTS_MAX} times in all, with a pause that doubles.
 */
public final class HttpSchemaRegistryClient implements SchemaRegistryClient {
    static final int CACHED_MAX = 1000;
    static final int ATTEMPTS_MAX = 4;

    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SUBJECT_NOT_FOUND = 40401;
    private static final int VERSION_NOT_FOUND = 40402;
    private static final long PAUSE_MS = 100;
    private static final int ANSWER_BYTES_MAX = 16 << 20;

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
     * @param base as {@code http://localhost:8081}
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
        int id = id(path, ask(request(path).POST(BodyPublishers.ofString(body)).build()));
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
        JsonNode answer = ask(request(path).GET().build());
        if (!answer.path("schema").isTextual()) {
            throw new SchemaRegistryException(
                    SchemaRegistryException.NO_ANSWER, base.resolve(path) + ": expected a schema, found " + answer);
        }
        try {
            Schema schema = new Schema.Parser().parse(answer.path("schema").asText());
            schemas.put(id, schema);
            return schema;
        } catch (RuntimeException e) {
            // The parser has no one exception for bad input: names, defaults and shapes fail in their own ways.
            throw new SchemaRegistryException(
                    SchemaRegistryException.NOT_AVRO,
                    base.resolve(path) + ": expected an Avro schema, found " + answer + " (" + e.getMessage() + ")");
        }
    }

    @Override
    public OptionalInt latestId(String subject) {
        String path = "subjects/" + encoded(subject) + "/versions/latest";
        try {
            return OptionalInt.of(id(path, ask(request(path).GET().build())));
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

    private int id(String path, JsonNode answer) {
        if (!answer.path("id").canConvertToInt()) {
            throw new SchemaRegistryException(
                    SchemaRegistryException.NO_ANSWER, base.resolve(path) + ": expected an id, found " + answer);
        }
        return answer.path("id").intValue();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path))
                .timeout(timeout)
                .header("Accept", CONTENT_TYPE)
                .header("Content-Type", CONTENT_TYPE);
    }

    private JsonNode ask(HttpRequest request) {
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
        HttpResponse<byte[]> response = answer(request);
        JsonNode body = json(request, response.statusCode(), response.body());
        if (response.statusCode() / 100 == 2) {
            return body;
        }
        throw new SchemaRegistryException(
                body.path("error_code").asInt(response.statusCode()),
                "schema registry at %s refused (%d): %s"
                        .formatted(
                                request.uri(),
                                body.path("error_code").asInt(response.statusCode()),
                                body.path("message").asText("status " + response.statusCode())));
    }

    private HttpResponse<byte[]> answer(HttpRequest request) {
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(request, headers -> new BoundedBody(ANSWER_BYTES_MAX));
        try {
            // The request's own timeout ends with the answer's headers; its body may stall as well.
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw noAnswer(request, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw noAnswer(request, e);
        } catch (InterruptedException e) {
            throw interrupted(request, e);
        } finally {
            answer.cancel(true);
        }
    }

    private static SchemaRegistryException noAnswer(HttpRequest request, Throwable cause) {
        return new SchemaRegistryException("schema registry at " + request.uri() + " does not answer: " + cause, cause);
    }

    private static JsonNode json(HttpRequest request, int status, byte[] bytes) {
        try {
            return JSON.readTree(new String(bytes, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new SchemaRegistryException(
                    status, request.uri() + ": expected JSON, found something else with status " + status);
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
