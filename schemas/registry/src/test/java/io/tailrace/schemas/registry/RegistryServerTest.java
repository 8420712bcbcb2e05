package io.tailrace.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.process.ServerProcess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The HTTP interface: paths, statuses, error codes and JSON of Confluent's registry. */
class RegistryServerTest {
    private static final String INT = "{\"schema\":\"\\\"int\\\"\"}";
    private static final String STRING = "{\"schema\":\"{\\\"type\\\": \\\"string\\\"}\"}";

    private final InMemoryTopic topic = new InMemoryTopic();
    private TestRegistry registry = new TestRegistry(topic);

    @BeforeEach
    void allowEverything() throws Exception {
        assertThat(registry.put("/config", "{\"compatibility\": \"NONE\"}")).isEqualTo("{\"compatibility\":\"NONE\"}");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void unreadableLogEndsTheProcessWithTheReason() {
        topic.failReadsWith(new IllegalStateException("the log is gone"));

        assertThatThrownBy(() -> ServerProcess.runUntilStopped(registry.server, registry.server.failure(), () -> {}))
                .hasRootCauseMessage("the log is gone");
    }

    private String get(String path) throws Exception {
        return registry.get(path);
    }

    private String post(String path, String body) throws Exception {
        return registry.post(path, body);
    }

    private void assertRefused(String method, String path, String body, int code) throws Exception {
        registry.assertRefused(method, path, body, code);
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

        assertRefused("GET", "/schemas/ids/9", "", 40403);
        assertRefused("GET", "/schemas/ids/9/versions", "", 40403);
        assertRefused("GET", "/subjects/t/versions", "", 40401);
        assertRefused("GET", "/subjects/t/versions/latest", "", 40401);
        assertRefused("GET", "/subjects/s/versions/9", "", 40402);
        assertRefused("GET", "/subjects/s/versions/0", "", 42202);
        assertRefused("GET", "/subjects/s/versions/two", "", 42202);
        assertRefused("POST", "/subjects/t", INT, 40401);
        assertRefused("POST", "/subjects/s", STRING, 40403);
        assertRefused("DELETE", "/subjects/t", "", 40401);
        assertRefused("GET", "/config/s", "", 40408);
        assertRefused("GET", "/nothing", "", 404);
        assertRefused("GET", "/subjects/s/versions/1/schema/more", "", 404);
        assertRefused("PATCH", "/subjects", "", 405);
    }

    @Test
    void invalidSchemaIsRefused() throws Exception {
        assertRefused("POST", "/subjects/s/versions", "{\"schema\":\"{\\\"type\\\":\\\"nope\\\"}\"}", 42201);
        assertRefused("POST", "/subjects/s/versions", "{}", 42201);
        assertRefused("POST", "/subjects/s/versions", "{\"schema\":\"\",\"schemaType\":\"PROTOBUF\"}", 42201);
        assertRefused("POST", "/subjects/s/versions", "nonsense", 400);
        assertRefused("POST", "/subjects/s/versions", "[]", 400);
        assertRefused("POST", "/subjects/s/versions", "{\"schema\":\"" + "x".repeat(5000) + "\"}", 413);
        assertRefused("POST", "/subjects/s/versions", "{\"schema\":\"" + "[".repeat(4000) + "\"}", 42201);
        assertThat(get("/subjects")).isEqualTo("[]");
    }

    @Test
    void deletionIsSoftBeforeItIsPermanent() throws Exception {
        post("/subjects/s/versions", INT);
        post("/subjects/s/versions", STRING);

        assertRefused("DELETE", "/subjects/s?permanent=true", "", 40405);
        assertRefused("DELETE", "/subjects/s/versions/1?permanent=true", "", 40407);
        assertThat(registry.delete("/subjects/s/versions/1")).isEqualTo("1");
        assertRefused("DELETE", "/subjects/s/versions/1", "", 40406);
        assertThat(get("/subjects/s/versions")).isEqualTo("[2]");
        assertThat(get("/subjects/s/versions?deleted=true")).isEqualTo("[1,2]");
        assertRefused("GET", "/subjects/s/versions/1", "", 40402);
        assertThat(get("/subjects/s/versions/1?deleted=true")).contains("\"id\":1");
        assertThat(get("/schemas/ids/1")).contains("int");

        assertThat(registry.delete("/subjects/s")).isEqualTo("[2]");
        assertRefused("DELETE", "/subjects/s", "", 40404);
        assertThat(get("/subjects")).isEqualTo("[]");
        assertThat(get("/subjects?deleted=true")).isEqualTo("[\"s\"]");

        assertThat(registry.delete("/subjects/s?permanent=true")).isEqualTo("[1,2]");
        assertThat(get("/subjects?deleted=true")).isEqualTo("[]");
        assertRefused("GET", "/schemas/ids/1", "", 40403);
        assertThat(post("/subjects/s/versions", "{\"schema\":\"\\\"long\\\"\"}"))
                .isEqualTo("{\"id\":3}");
        assertThat(get("/subjects/s/versions")).isEqualTo("[3]");
    }

    @Test
    void levelIsSetGloballyAndForASubject() throws Exception {
        assertThat(get("/config")).isEqualTo("{\"compatibilityLevel\":\"NONE\"}");
        assertThat(registry.put("/config/s", "{\"compatibility\":\"full\"}")).isEqualTo("{\"compatibility\":\"FULL\"}");
        assertThat(get("/config/s")).isEqualTo("{\"compatibilityLevel\":\"FULL\"}");
        assertThat(get("/config/t?defaultToGlobal=true")).isEqualTo("{\"compatibilityLevel\":\"NONE\"}");
        assertRefused("PUT", "/config", "{\"compatibility\":\"SOME\"}", 42203);

        post("/subjects/s/versions", INT);
        post("/subjects/t/versions", INT);
        assertRefused("POST", "/subjects/s/versions", STRING, 409);
        post("/subjects/t/versions", STRING);

        assertThat(registry.delete("/config/s")).isEqualTo("{\"compatibilityLevel\":\"FULL\"}");
        assertRefused("DELETE", "/config/s", "", 40408);
        post("/subjects/s/versions", STRING);
        registry.delete("/config");
        assertThat(get("/config")).isEqualTo("{\"compatibilityLevel\":\"BACKWARD\"}");
    }

    @Test
    void compatibilityIsCheckedWithoutRegistering() throws Exception {
        registry.put("/config", "{\"compatibility\":\"BACKWARD\"}");
        post("/subjects/s/versions", INT);

        assertThat(post("/compatibility/subjects/s/versions/latest", INT)).isEqualTo("{\"is_compatible\":true}");
        assertThat(post("/compatibility/subjects/s/versions/1", STRING)).isEqualTo("{\"is_compatible\":false}");
        assertThat(post("/compatibility/subjects/s/versions?verbose=true", STRING))
                .contains("TYPE_MISMATCH");
        assertThat(post("/compatibility/subjects/new/versions/latest", INT)).isEqualTo("{\"is_compatible\":true}");
        assertRefused("POST", "/compatibility/subjects/s/versions/7", INT, 40402);
        assertRefused("POST", "/compatibility/subjects/new/versions/7", INT, 40401);
        assertThat(get("/subjects/s/versions")).isEqualTo("[1]");
    }

    @Test
    void restartedRegistryForgetsNothing() throws Exception {
        post("/subjects/s/versions", INT);
        registry.close();

        registry = new TestRegistry(topic);

        assertThat(get("/schemas/ids/1")).contains("int");
        assertThat(get("/config")).isEqualTo("{\"compatibilityLevel\":\"NONE\"}");
        assertThat(post("/subjects/s/versions", STRING)).isEqualTo("{\"id\":2}");
    }

    @Test
    void failingStoreHasItsErrorCode() throws Exception {
        topic.failWith(RegistryException.storeTimedOut("no broker"));

        assertRefused("POST", "/subjects/s/versions", INT, 50002);
        assertThat(get("/subjects")).isEqualTo("[]");
    }
}
