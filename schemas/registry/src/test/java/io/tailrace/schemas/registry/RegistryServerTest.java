package io.tailrace.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.tailrace.metrics.MetricsListener;
import io.tailrace.process.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The HTTP interface: paths, statuses, error codes and JSON of Confluent's registry. */
class RegistryServerTest {
    private static final String INT = "{\"schema\":\"\\\"int\\\"\"}";
    private static final String STRING = "{\"schema\":\"{\\\"type\\\": \\\"string\\\"}\"}";

    private final HttpClient http = HttpClient.newHttpClient();
    private final InMemoryTopic topic = new InMemoryTopic();
    private RegistryServer server = start(topic);

    static RegistryServer start(InMemoryTopic topic) {
        RegistryConfig config = new RegistryConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "",
                "_schemas",
                1,
                Duration.ofSeconds(20),
                4,
                16,
                4096,
                MetricsListener.OFF);
        try {
            return RegistryServer.start(config, topic.log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void allowEverything() throws Exception {
        assertThat(send("PUT", "/config", "{\"compatibility\": \"NONE\"}").body)
                .isEqualTo("{\"compatibility\":\"NONE\"}");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void unreadableLogEndsTheProcessWithTheReason() {
        topic.failReadsWith(new IllegalStateException("the log is gone"));

        assertThatThrownBy(() -> ServerProcess.runUntilStopped(server, server.failure(), () -> {}))
                .hasRootCauseMessage("the log is gone");
    }

    private record Response(int status, String body) {}

    private Response send(String method, String path, String body) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", RegistryServer.CONTENT_TYPE)
                .build();
        HttpResponse<String> received = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(received.headers().firstValue("Content-Type")).contains(RegistryServer.CONTENT_TYPE);
        return new Response(received.statusCode(), received.body());
    }

    private String get(String path) throws Exception {
        Response response = send("GET", path, "");
        assertThat(response.status).as(response.body).isEqualTo(200);
        return response.body;
    }

    private String post(String path, String body) throws Exception {
        Response response = send("POST", path, body);
        assertThat(response.status).as(response.body).isEqualTo(200);
        return response.body;
    }

    private void assertRefused(String method, String path, String body, int status, int code) throws Exception {
        Response response = send(method, path, body);
        JsonNode error = RegistryApi.JSON.readTree(response.body);
        assertThat(response.status).as(response.body).isEqualTo(status);
        assertThat(error.path("error_code").asInt()).as(response.body).isEqualTo(code);
        assertThat(error.path("message").asText()).isNotBlank();
    }

    @Test
    void registeredSchemaIsFoundInEveryWay() throws Exception {
        assertThat(post("/subjects/web-value/versions", INT)).isEqualTo("{\"id\":1}");
        assertThat(post("/subjects/web-value/versions", INT)).isEqualTo("{\"id\":1}");
        assertThat(post("/subjects/web-value/versions", STRING)).isEqualTo("{\"id\":2}");
        assertThat(post("/subjects/app-value/versions", STRING)).isEqualTo("{\"id\":2}");

        assertThat(get("/")).isEqualTo("{}");
        assertThat(get("/schemas/types")).isEqualTo("[\"AVRO\"]");
        assertThat(get("/schemas/ids/1")).isEqualTo("{\"schema\":\"\\\"int\\\"\"}");
        assertThat(get("/schemas/ids/2/schema")).isEqualTo("\"string\"");
        assertThat(get("/schemas/ids/2/versions"))
                .isEqualTo("[{\"subject\":\"web-value\",\"version\":2},{\"subject\":\"app-value\",\"version\":1}]");
        assertThat(get("/schemas/ids/2/subjects")).isEqualTo("[\"web-value\",\"app-value\"]");
        assertThat(get("/subjects")).isEqualTo("[\"app-value\",\"web-value\"]");
        assertThat(get("/subjects?subjectPrefix=we")).isEqualTo("[\"web-value\"]");
        assertThat(get("/subjects/web-value/versions")).isEqualTo("[1,2]");
        assertThat(get("/subjects/web-value/versions/1"))
                .isEqualTo("{\"subject\":\"web-value\",\"id\":1,\"version\":1,\"schema\":\"\\\"int\\\"\"}");
        assertThat(get("/subjects/web-value/versions/latest")).contains("\"version\":2");
        assertThat(get("/subjects/web-value/versions/-1")).contains("\"version\":2");
        assertThat(get("/subjects/web-value/versions/1/schema")).isEqualTo("\"int\"");
        assertThat(post("/subjects/web-value", STRING))
                .isEqualTo("{\"subject\":\"web-value\",\"id\":2,\"version\":2,\"schema\":\"\\\"string\\\"\"}");
    }

    @Test
    void subjectNameMayContainAnyCharacter() throws Exception {
        post("/subjects/a%2Fb+c%20%C3%BC/versions", INT);

        assertThat(get("/subjects")).isEqualTo("[\"a/b+c ü\"]");
        assertThat(get("/subjects/a%2Fb+c%20%C3%BC/versions")).isEqualTo("[1]");
    }

    @Test
    void missingThingsHaveTheirErrorCode() throws Exception {
        post("/subjects/s/versions", INT);

        assertRefused("GET", "/schemas/ids/9", "", 404, 40403);
        assertRefused("GET", "/schemas/ids/9/versions", "", 404, 40403);
        assertRefused("GET", "/subjects/t/versions", "", 404, 40401);
        assertRefused("GET", "/subjects/t/versions/latest", "", 404, 40401);
        assertRefused("GET", "/subjects/s/versions/9", "", 404, 40402);
        assertRefused("GET", "/subjects/s/versions/0", "", 422, 42202);
        assertRefused("GET", "/subjects/s/versions/two", "", 422, 42202);
        assertRefused("POST", "/subjects/t", INT, 404, 40401);
        assertRefused("POST", "/subjects/s", STRING, 404, 40403);
        assertRefused("DELETE", "/subjects/t", "", 404, 40401);
        assertRefused("GET", "/config/s", "", 404, 40408);
        assertRefused("GET", "/nothing", "", 404, 404);
        assertRefused("GET", "/subjects/s/versions/1/schema/more", "", 404, 404);
        assertRefused("PATCH", "/subjects", "", 405, 405);
    }

    @Test
    void invalidSchemaIsRefused() throws Exception {
        assertRefused("POST", "/subjects/s/versions", "{\"schema\":\"{\\\"type\\\":\\\"nope\\\"}\"}", 422, 42201);
        assertRefused("POST", "/subjects/s/versions", "{}", 422, 42201);
        assertRefused("POST", "/subjects/s/versions", "{\"schema\":\"\",\"schemaType\":\"PROTOBUF\"}", 422, 42201);
        assertRefused("POST", "/subjects/s/versions", "nonsense", 400, 400);
        assertRefused("POST", "/subjects/s/versions", "[]", 400, 400);
        assertRefused("POST", "/subjects/s/versions", "{\"schema\":\"" + "x".repeat(5000) + "\"}", 413, 413);
        assertRefused("POST", "/subjects/s/versions", "{\"schema\":\"" + "[".repeat(4000) + "\"}", 422, 42201);
        assertThat(get("/subjects")).isEqualTo("[]");
    }

    @Test
    void deletionIsSoftBeforeItIsPermanent() throws Exception {
        post("/subjects/s/versions", INT);
        post("/subjects/s/versions", STRING);

        assertRefused("DELETE", "/subjects/s?permanent=true", "", 404, 40405);
        assertRefused("DELETE", "/subjects/s/versions/1?permanent=true", "", 404, 40407);
        assertThat(send("DELETE", "/subjects/s/versions/1", "").body).isEqualTo("1");
        assertRefused("DELETE", "/subjects/s/versions/1", "", 404, 40406);
        assertThat(get("/subjects/s/versions")).isEqualTo("[2]");
        assertThat(get("/subjects/s/versions?deleted=true")).isEqualTo("[1,2]");
        assertRefused("GET", "/subjects/s/versions/1", "", 404, 40402);
        assertThat(get("/subjects/s/versions/1?deleted=true")).contains("\"id\":1");
        assertThat(get("/schemas/ids/1")).contains("int");

        assertThat(send("DELETE", "/subjects/s", "").body).isEqualTo("[2]");
        assertRefused("DELETE", "/subjects/s", "", 404, 40404);
        assertThat(get("/subjects")).isEqualTo("[]");
        assertThat(get("/subjects?deleted=true")).isEqualTo("[\"s\"]");

        assertThat(send("DELETE", "/subjects/s?permanent=true", "").body).isEqualTo("[1,2]");
        assertThat(get("/subjects?deleted=true")).isEqualTo("[]");
        assertRefused("GET", "/schemas/ids/1", "", 404, 40403);
        assertThat(post("/subjects/s/versions", "{\"schema\":\"\\\"long\\\"\"}"))
                .isEqualTo("{\"id\":3}");
        assertThat(get("/subjects/s/versions")).isEqualTo("[3]");
    }

    @Test
    void levelIsSetGloballyAndForASubject() throws Exception {
        assertThat(get("/config")).isEqualTo("{\"compatibilityLevel\":\"NONE\"}");
        assertThat(send("PUT", "/config/s", "{\"compatibility\":\"full\"}").body)
                .isEqualTo("{\"compatibility\":\"FULL\"}");
        assertThat(get("/config/s")).isEqualTo("{\"compatibilityLevel\":\"FULL\"}");
        assertThat(get("/config/t?defaultToGlobal=true")).isEqualTo("{\"compatibilityLevel\":\"NONE\"}");
        assertRefused("PUT", "/config", "{\"compatibility\":\"SOME\"}", 422, 42203);

        post("/subjects/s/versions", INT);
        post("/subjects/t/versions", INT);
        assertRefused("POST", "/subjects/s/versions", STRING, 409, 409);
        post("/subjects/t/versions", STRING);

        assertThat(send("DELETE", "/config/s", "").body).isEqualTo("{\"compatibilityLevel\":\"FULL\"}");
        assertRefused("DELETE", "/config/s", "", 404, 40408);
        post("/subjects/s/versions", STRING);
        assertThat(send("DELETE", "/config", "").status).isEqualTo(200);
        assertThat(get("/config")).isEqualTo("{\"compatibilityLevel\":\"BACKWARD\"}");
    }

    @Test
    void compatibilityIsCheckedWithoutRegistering() throws Exception {
        send("PUT", "/config", "{\"compatibility\":\"BACKWARD\"}");
        post("/subjects/s/versions", INT);

        assertThat(post("/compatibility/subjects/s/versions/latest", INT)).isEqualTo("{\"is_compatible\":true}");
        assertThat(post("/compatibility/subjects/s/versions/1", STRING)).isEqualTo("{\"is_compatible\":false}");
        assertThat(post("/compatibility/subjects/s/versions?verbose=true", STRING))
                .contains("TYPE_MISMATCH");
        assertThat(post("/compatibility/subjects/new/versions/latest", INT)).isEqualTo("{\"is_compatible\":true}");
        assertRefused("POST", "/compatibility/subjects/s/versions/7", INT, 404, 40402);
        assertRefused("POST", "/compatibility/subjects/new/versions/7", INT, 404, 40401);
        assertThat(get("/subjects/s/versions")).isEqualTo("[1]");
    }

    @Test
    void restartedRegistryForgetsNothing() throws Exception {
        post("/subjects/s/versions", INT);
        server.close();

        server = start(topic);

        assertThat(get("/schemas/ids/1")).contains("int");
        assertThat(get("/config")).isEqualTo("{\"compatibilityLevel\":\"NONE\"}");
        assertThat(post("/subjects/s/versions", STRING)).isEqualTo("{\"id\":2}");
    }

    @Test
    void failingStoreHasItsErrorCode() throws Exception {
        topic.failWith(RegistryException.storeTimedOut("no broker"));

        assertRefused("POST", "/subjects/s/versions", INT, 500, 50002);
        assertThat(get("/subjects")).isEqualTo("[]");
    }
}
