package io.tailrace.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Modes, and schemas with explicit ids and versions. */
class RegistryModeTest {
    private static final String INT = TestRegistry.schema("\"int\"");
    private static final String STRING = TestRegistry.schema("\"string\"");

    private final InMemoryTopic topic = new InMemoryTopic();
    private TestRegistry registry = new TestRegistry(topic);

    @AfterEach
    void stop() {
        registry.close();
    }

    private static String mode(String mode) {
        return "{\"mode\":\"" + mode + "\"}";
    }

    private static String placed(String avro, int id, int version) {
        return TestRegistry.schema(avro, "\"id\":" + id, "\"version\":" + version);
    }

    @Test
    void modeIsKeptForTheRegistryAndForSubjects() throws Exception {
        assertThat(registry.put("/mode", mode("readonly"))).isEqualTo(mode("READONLY"));
        assertThat(registry.put("/mode/s", mode("READWRITE"))).isEqualTo(mode("READWRITE"));
        registry.close();
        registry = new TestRegistry(topic);

        assertThat(registry.get("/mode")).isEqualTo(mode("READONLY"));
        assertThat(registry.get("/mode/s")).isEqualTo(mode("READWRITE"));
        assertThat(registry.get("/mode/t?defaultToGlobal=true")).isEqualTo(mode("READONLY"));
        registry.assertRefused("GET", "/mode/t", "", 40409);
        registry.assertRefused("DELETE", "/mode/t", "", 40409);

        assertThat(registry.delete("/mode/s")).isEqualTo(mode("READWRITE"));
        registry.assertRefused("GET", "/mode/s", "", 40409);
        assertThat(registry.delete("/mode")).isEqualTo(mode("READONLY"));
        assertThat(registry.get("/mode")).isEqualTo(mode("READWRITE"));
    }

    @Test
    void unknownModeIsRefused() throws Exception {
        registry.assertRefused("PUT", "/mode", mode("FORWARD"), 42204);
        registry.assertRefused("PUT", "/mode", "{}", 42204);
        assertThat(registry.assertRefused("PUT", "/mode/s", mode("READONLY_OVERRIDE"), 42204))
                .contains("READONLY_OVERRIDE is for the whole registry");
    }

    @Test
    void readOnlyRefusesEveryWrite() throws Exception {
        registry.post("/subjects/s/versions", INT);
        registry.put("/mode", mode("READONLY"));
        int written = topic.entries().size();

        registry.assertRefused("POST", "/subjects/s/versions", STRING, 42205);
        registry.assertRefused("POST", "/subjects/s/versions", placed("\"string\"", 7, 2), 42205);
        registry.assertRefused("DELETE", "/subjects/s", "", 42205);
        registry.assertRefused("DELETE", "/subjects/s/versions/1", "", 42205);
        registry.assertRefused("PUT", "/config/s", "{\"compatibility\":\"NONE\"}", 42205);
        registry.assertRefused("PUT", "/config", "{\"compatibility\":\"NONE\"}", 42205);
        registry.assertRefused("DELETE", "/config", "", 42205);

        assertThat(topic.entries()).hasSize(written);
        assertThat(registry.post("/subjects/s/versions", INT)).isEqualTo("{\"id\":1}");
        assertThat(registry.get("/subjects/s/versions")).isEqualTo("[1]");
    }

    @Test
    void modeOfASubjectIsStrongerThanThatOfTheRegistryUnlessOverridden() throws Exception {
        registry.put("/mode/s", mode("READWRITE"));
        registry.put("/mode", mode("READONLY"));
        assertThat(registry.post("/subjects/s/versions", INT)).isEqualTo("{\"id\":1}");

        registry.put("/mode", mode("READONLY_OVERRIDE"));
        assertThat(registry.assertRefused("POST", "/subjects/s/versions", STRING, 42205))
                .contains("READONLY_OVERRIDE");
    }

    @Test
    void explicitIdOrVersionNeedsImportMode() throws Exception {
        registry.assertRefused("POST", "/subjects/s/versions", placed("\"int\"", 7, 3), 42205);
        registry.assertRefused("POST", "/subjects/s/versions", TestRegistry.schema("\"int\"", "\"id\":7"), 42205);
        registry.assertRefused("POST", "/subjects/s/versions", TestRegistry.schema("\"int\"", "\"version\":3"), 42205);
        registry.put("/mode/s", mode("IMPORT"));

        assertThat(registry.post("/subjects/s/versions", placed("\"int\"", 7, 3)))
                .isEqualTo("{\"id\":7}");
        assertThat(registry.post("/subjects/s/versions", placed("\"int\"", 7, 3)))
                .isEqualTo("{\"id\":7}");
        assertThat(registry.post("/subjects/s/versions", placed("\"string\"", 12, 5)))
                .isEqualTo("{\"id\":12}");
        registry.assertRefused("POST", "/subjects/s/versions", TestRegistry.schema("\"long\""), 42205);
        registry.assertRefused("POST", "/subjects/t/versions", placed("\"int\"", 7, 3), 42205);

        assertThat(registry.get("/subjects/s/versions")).isEqualTo("[3,5]");
        assertThat(registry.get("/schemas/ids/12")).contains("string");
        registry.delete("/mode/s");
        registry.put("/config/s", "{\"compatibility\":\"NONE\"}");
        assertThat(registry.post("/subjects/s/versions", TestRegistry.schema("\"long\"")))
                .isEqualTo("{\"id\":13}");
        assertThat(registry.get("/subjects/s/versions")).isEqualTo("[3,5,6]");
    }

    @Test
    void importNeverGivesAnIdOrVersionToAnotherSchema() throws Exception {
        registry.put("/mode", mode("IMPORT"));
        registry.post("/subjects/s/versions", placed("\"int\"", 7, 1));

        assertThat(registry.assertRefused("POST", "/subjects/s/versions", placed("\"string\"", 8, 1), 42205))
                .contains("Version 1");
        assertThat(registry.assertRefused("POST", "/subjects/t/versions", placed("\"string\"", 7, 1), 42205))
                .contains("id 7");
        registry.delete("/subjects/s");
        registry.delete("/subjects/s?permanent=true");
        registry.assertRefused("POST", "/subjects/t/versions", placed("\"string\"", 7, 1), 42205);
    }

    @Test
    void deletedSchemaCanBeImportedAgain() throws Exception {
        registry.put("/mode", mode("IMPORT"));
        for (List<String> deletions :
                List.of(List.of("/subjects/s"), List.of("/subjects/s", "/subjects/s?permanent=true"))) {
            assertThat(registry.post("/subjects/s/versions", placed("\"int\"", 7, 2)))
                    .isEqualTo("{\"id\":7}");
            assertThat(registry.get("/subjects/s/versions")).isEqualTo("[2]");
            for (String deletion : deletions) {
                registry.delete(deletion);
            }
        }
        assertThat(registry.post("/subjects/s/versions", placed("\"int\"", 7, 2)))
                .isEqualTo("{\"id\":7}");
        registry.close();
        topic.compact(topic.entries().size());
        registry = new TestRegistry(topic);

        assertThat(registry.get("/subjects/s/versions/2")).contains("\"id\":7").contains("int");
    }

    @Test
    void importModeNeedsAnEmptySubjectUnlessForced() throws Exception {
        registry.post("/subjects/s/versions", INT);

        registry.assertRefused("PUT", "/mode", mode("IMPORT"), 42205);
        registry.assertRefused("PUT", "/mode/s", mode("IMPORT"), 42205);
        assertThat(registry.put("/mode/t", mode("IMPORT"))).isEqualTo(mode("IMPORT"));
        assertThat(registry.put("/mode/s?force=true", mode("IMPORT"))).isEqualTo(mode("IMPORT"));
        assertThat(registry.put("/mode?force=true", mode("IMPORT"))).isEqualTo(mode("IMPORT"));
        assertThat(registry.put("/mode", mode("IMPORT"))).isEqualTo(mode("IMPORT"));
    }

    @Test
    void importedSchemasAreNotCheckedForCompatibility() throws Exception {
        registry.put("/mode/s", mode("IMPORT"));

        registry.post("/subjects/s/versions", placed("\"int\"", 1, 1));
        registry.post("/subjects/s/versions", placed("\"string\"", 2, 2));

        assertThat(registry.get("/subjects/s/versions")).isEqualTo("[1,2]");
    }

    @Test
    void lastIdIsNotFollowedByANegativeOne() throws Exception {
        registry.put("/mode/s", mode("IMPORT"));
        registry.post("/subjects/s/versions", placed("\"int\"", Integer.MAX_VALUE, Integer.MAX_VALUE));

        assertThat(registry.assertRefused("POST", "/subjects/t/versions", STRING, 50001))
                .contains("no id is left");
        assertThat(registry.assertRefused(
                        "POST", "/subjects/s/versions", TestRegistry.schema("\"string\"", "\"id\":5"), 50001))
                .contains("no version of subject 's' is left");
    }
}
