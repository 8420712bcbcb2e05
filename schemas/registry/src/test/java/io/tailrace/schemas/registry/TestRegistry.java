package io.tailrace.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tailrace.metrics.MetricsListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A registry over a topic in memory, and an HTTP client of it. */
final class TestRegistry implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    final RegistryServer server;

    TestRegistry(InMemoryTopic topic) {
        this(topic, false);
    }

    TestRegistry(InMemoryTopic topic, boolean validateDefaults) {
        try {
            RegistryConfig config = config("", "_schemas", Duration.ofSeconds(20), 4096, validateDefaults);
            server = RegistryServer.start(config, topic.log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RegistryConfig config(
            String bootstrapServers, String topic, Duration timeout, int requestBytesMax, boolean validateDefaults) {
        return new RegistryConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                bootstrapServers,
                topic,
                1,
                timeout,
                4,
                16,
                requestBytesMax,
                validateDefaults,
                MetricsListener.OFF);
    }

    record Response(int status, String body, HttpHeaders headers) {
        JsonNode json() throws IOException {
            return RegistryApi.JSON.readTree(body);
        }
    }

    URI address(String path) {
        return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    }

    /** @param headers names and values in turn */
    Response send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(address(path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", ContentType.DEFAULT);
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<String> received = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Response(received.statusCode(), received.body(), received.headers());
    }

    /** The body of a successful response. */
    String get(String path) throws Exception {
        return succeed("GET", path, "");
    }

    String post(String path, String body) throws Exception {
        return succeed("POST", path, body);
    }

    String put(String path, String body) throws Exception {
        return succeed("PUT", path, body);
    }

    String delete(String path) throws Exception {
        return succeed("DELETE", path, "");
    }

    private String succeed(String method, String path, String body) throws Exception {
        Response response = send(method, path, body);
        assertThat(response.status).as(response.body).isEqualTo(200);
        assertThat(response.headers.firstValue("Content-Type")).contains(ContentType.DEFAULT);
        return response.body;
    }

    /** @param code the error code, of which the first three digits are the HTTP status */
    String assertRefused(String method, String path, String body, int code) throws Exception {
        Response response = send(method, path, body);
        assertThat(response.json().path("error_code").asInt()).as(response.body).isEqualTo(code);
        assertThat(response.status).as(response.body).isEqualTo(code < 1000 ? code : code / 100);
        assertThat(response.headers.firstValue("Content-Type")).contains(ContentType.DEFAULT);
        assertThat(response.json().path("message").asText()).isNotBlank();
        return response.json().path("message").asText();
    }

    /** A request's body with a schema, and further fields as {@code "id":7}. */
    static String schema(String avro, String... fields) {
        StringBuilder body = new StringBuilder("{\"schema\":")
                .append(RegistryApi.JSON.getNodeFactory().textNode(avro));
        for (String field : fields) {
            body.append(',').append(field);
        }
        return body.append('}').toString();
    }

    @Override
    public void close() {
        server.close();
    }
}
