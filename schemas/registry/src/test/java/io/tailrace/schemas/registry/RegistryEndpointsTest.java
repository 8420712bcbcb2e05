package io.tailrace.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.schemas.registry.TestRegistry.Response;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What consoles and clients ask for: lists, methods, content types, and JSON for every error. */
class RegistryEndpointsTest {
    private static final String INT = TestRegistry.schema("\"int\"");
    private static final String LONG = TestRegistry.schema("\"long\"");

    private final TestRegistry registry = new TestRegistry(new InMemoryTopic());

    @BeforeEach
    void register() throws Exception {
        registry.post("/subjects/page-value/versions", INT);
        registry.post("/subjects/page-value/versions", LONG);
        registry.post("/subjects/user-value/versions", INT);
        registry.delete("/subjects/user-value");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    /                                             | {}
                    /subjects/                                    | ["page-value"]
                    /subjects?deleted=true                        | ["page-value","user-value"]
                    /subjects?deletedOnly=true                    | ["user-value"]
                    /subjects?subjectPrefix=:*:pa&deleted=true    | ["page-value"]
                    /subjects?deleted=true&offset=1               | ["user-value"]
                    /subjects?deleted=true&limit=1                | ["page-value"]
                    /subjects/page-value/versions?offset=1        | [2]
                    /subjects/page-value/versions/-1/schema       | "long"
                    /subjects/page-value/versions/1/referencedby  | []
                    /schemas/ids/1?subject=page-value             | {"schema":"\\"int\\""}
                    /schemas/ids/1/subjects                       | ["page-value"]
                    /schemas/ids/1/subjects?deleted=true          | ["page-value","user-value"]
                    /schemas/ids/1/versions                       | [{"subject":"page-value","version":1}]
                    /schemas/ids/1/versions?deleted=true&subject=user-value | [{"subject":"user-value","version":1}]
                    /schemas/types/                               | ["AVRO"]
                    /schemas?latestOnly=true | [{"subject":"page-value","id":2,"version":2,"schema":"\\"long\\""}]
                    /schemas?subjectPrefix=page&limit=1 | [{"subject":"page-value","id":1,"version":1,"schema":"\\"int\\""}]
                    /schemas?subjectPrefix=user                   | []
                    /schemas?subjectPrefix=user&deleted=true | [{"subject":"user-value","id":1,"version":1,"schema":"\\"int\\"","deleted":true}]
                    /config/                                      | {"compatibilityLevel":"BACKWARD"}
                    /config/page-value?defaultToGlobal=true       | {"compatibilityLevel":"BACKWARD"}
                    /mode                                         | {"mode":"READWRITE"}
                    /mode/page-value?defaultToGlobal=true         | {"mode":"READWRITE"}
                    /contexts                                     | ["."]
                    /v1/metadata/id | {"id":"","scope":{"path":[],"clusters":{"kafka-cluster":"in-memory","schema-registry-cluster":"schema-registry"}}}
                    """)
    void pathHasTheJsonThatClientsKnow(String path, String json) throws Exception {
        assertThat(registry.get(path)).isEqualTo(json);
    }

    /** What consoles, connectors and migrations ask for first. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/subjects",
                "/subjects?deleted=true",
                "/subjects?subjectPrefix=pa",
                "/subjects/page-value/versions",
                "/subjects/page-value/versions/latest",
                "/subjects/page-value/versions/-1",
                "/subjects/page-value/versions/1/schema",
                "/schemas/ids/1",
                "/schemas/ids/1?subject=page-value",
                "/schemas/ids/1/versions",
                "/schemas/ids/1/schema",
                "/schemas/types",
                "/schemas/types/",
                "/config",
                "/config/",
                "/config/page-value?defaultToGlobal=true",
                "/mode",
                "/mode/page-value?defaultToGlobal=true",
                "/schemas",
                "/schemas?latestOnly=true",
                "/schemas?subjectPrefix=page"
            })
    void whatEveryClientAsksForIsServed(String path) throws Exception {
        assertThat(RegistryApi.JSON.readTree(registry.get(path)).isMissingNode())
                .isFalse();
    }

    @Test
    void versionOfTheSoftwareIsServed() throws Exception {
        assertThat(registry.get("/v1/metadata/version"))
                .contains("\"version\":")
                .contains("\"commitId\":");
    }

    @ParameterizedTest
    @CsvSource({
        "/config/page-value, 40408",
        "/mode/page-value, 40409",
        "/subjects/other/versions/1/referencedby, 40401",
        "/subjects/page-value/versions/3/referencedby, 40402",
        "/subjects/page-value/versions/0, 42202",
        "/subjects/page-value/versions/first, 42202",
        "/subjects/page-value/metadata?key=a&value=b, 404",
        "/exporters, 404",
        "/dek-registry/v1/keks, 404",
        "/nothing, 404",
        "/subjects//versions, 404",
        "/schemas/ids/x, 404",
        "/schemas/ids/2147483648, 404",
        "/schemas/ids, 404",
        "/schemas?limit=many, 400",
    })
    void errorIsJsonWithItsCode(String path, int code) throws Exception {
        registry.assertRefused("GET", path, "", code);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/subjects",
                "/subjects/page-value/versions/1",
                "/schemas",
                "/schemas/ids/1",
                "/config",
                "/mode",
                "/v1/metadata/id"
            })
    void whatHasGetHasHeadAndOptions(String path) throws Exception {
        Response head = registry.send("HEAD", path, "");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Length"))
                .contains(String.valueOf(registry.get(path).length()));

        Response options = registry.send("OPTIONS", path, "");
        assertThat(options.status()).isEqualTo(200);
        assertThat(options.headers().firstValue("Allow").orElse("")).contains("GET", "HEAD", "OPTIONS");
    }

    @Test
    void headOfWhatIsMissingHasTheStatusOfGet() throws Exception {
        assertThat(registry.send("HEAD", "/subjects/other/versions", "").status())
                .isEqualTo(404);
        assertThat(registry.send("OPTIONS", "/nothing", "").status()).isEqualTo(404);
    }

    @Test
    void otherMethodIsRefusedWithThoseThatThereAre() throws Exception {
        Response response = registry.send("DELETE", "/subjects", "");

        assertThat(response.status()).isEqualTo(405);
        assertThat(response.json().path("error_code").asInt()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).contains("GET, HEAD, OPTIONS");
        assertThat(registry.get("/subjects")).isEqualTo("[\"page-value\"]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    application/json                                              | application/json
                    application/json; q=0.5, application/vnd.schemaregistry+json  | application/vnd.schemaregistry+json
                    application/vnd.schemaregistry.v1+json, application/json      | application/vnd.schemaregistry.v1+json
                    text/html, */*;q=0.8                                          | application/vnd.schemaregistry.v1+json
                    text/html                                                     | application/vnd.schemaregistry.v1+json
                    application/json;q=x                                          | application/vnd.schemaregistry.v1+json
                    """)
    void clientChoosesTheContentType(String accept, String expected) throws Exception {
        for (String path : List.of("/subjects", "/nothing")) {
            assertThat(registry.send("GET", path, "", "Accept", accept)
                            .headers()
                            .allValues("Content-Type"))
                    .containsExactly(expected);
        }
    }

    @Test
    void numbersThatTheRegistryIsToChooseAreAccepted() throws Exception {
        for (String fields :
                List.of("\"id\":null,\"version\":null", "\"id\":0,\"version\":0", "\"id\":-1,\"version\":-1")) {
            assertThat(registry.post(
                            "/subjects/page-value/versions",
                            TestRegistry.schema("\"int\"", fields, "\"schemaType\":\"AVRO\"", "\"references\":[]")))
                    .isEqualTo("{\"id\":1}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"schemaType\":\"JSON\"",
                "\"ruleSet\":{\"domainRules\":[{}]}",
                "\"metadata\":{\"properties\":{\"a\":\"b\"}}",
                "\"references\":[{\"name\":\"F\"}]",
                "\"references\":[{\"name\":\"F\",\"subject\":\"page-value\",\"version\":-1}]",
                "\"id\":\"7\""
            })
    void whatIsNotSupportedIsRefusedByName(String field) throws Exception {
        String message =
                registry.assertRefused("POST", "/subjects/new/versions", TestRegistry.schema("\"int\"", field), 42201);
        assertThat(message).containsAnyOf("schemaType", "ruleSet", "metadata", "reference", "id");
        registry.assertRefused("GET", "/subjects/new/versions", "", 40401);
    }
}
