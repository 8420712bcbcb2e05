package io.tailrace.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.schemas.HttpSchemaRegistryClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Schemas that refer to others, normalization, and defaults that do not fit. */
class RegistryReferencesTest {
    private static final String CITY = record("City", "\"string\"");
    private static final String ADDRESS = record("Address", "\"x.City\"");
    private static final String PERSON = record("Person", "\"x.Address\"", "\"x.City\"");
    private static final String TO_CITY = reference("City", "city", 1);
    private static final String TO_ADDRESS = reference("Address", "address", 1);

    private final InMemoryTopic topic = new InMemoryTopic();
    private final TestRegistry registry = new TestRegistry(topic);

    private static String record(String name, String... types) {
        List<String> fields = new ArrayList<>();
        for (String type : types) {
            fields.add("{\"name\":\"f%d\",\"type\":%s}".formatted(fields.size(), type));
        }
        return "{\"type\":\"record\",\"name\":\"%s\",\"namespace\":\"x\",\"fields\":[%s]}"
                .formatted(name, String.join(",", fields));
    }

    private static String reference(String name, String subject, int version) {
        return "{\"name\":\"x.%s\",\"subject\":\"%s\",\"version\":%d}".formatted(name, subject, version);
    }

    private static String with(String schema, String... references) {
        return TestRegistry.schema(schema, "\"references\":[" + String.join(",", references) + "]");
    }

    @BeforeEach
    void register() throws Exception {
        assertThat(registry.post("/subjects/city/versions", TestRegistry.schema(CITY)))
                .isEqualTo("{\"id\":1}");
        assertThat(registry.post("/subjects/address/versions", with(ADDRESS, TO_CITY)))
                .isEqualTo("{\"id\":2}");
        assertThat(registry.post("/subjects/person/versions", with(PERSON, TO_ADDRESS, TO_CITY)))
                .isEqualTo("{\"id\":3}");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void schemaKeepsItsReferencesAndNamesTheirTypes() throws Exception {
        String expected = with(
                "{\"type\":\"record\",\"name\":\"Address\",\"namespace\":\"x\",\"fields\":[{\"name\":\"f0\",\"type\":\"City\"}]}",
                TO_CITY);

        assertThat(registry.get("/schemas/ids/2")).isEqualTo(expected);
        assertThat(registry.get("/subjects/address/versions/1")).contains("\"references\":[" + TO_CITY + "]");
        assertThat(registry.post("/subjects/address", with(ADDRESS, TO_CITY))).contains("\"id\":2");
        assertThat(registry.post("/subjects/address/versions", with(ADDRESS, TO_CITY)))
                .isEqualTo("{\"id\":2}");
        registry.assertRefused("POST", "/subjects/address", TestRegistry.schema("\"int\""), 40403);
    }

    @Test
    void clientResolvesReferencesAtAnyDepth() {
        HttpSchemaRegistryClient client = new HttpSchemaRegistryClient(registry.address(""), Duration.ofSeconds(20));

        Schema address = client.schema(3).getField("f0").schema();

        assertThat(address.getField("f0").schema().getFullName()).isEqualTo("x.City");
    }

    @Test
    void sameTextWithOtherReferencesIsAnotherSchema() throws Exception {
        registry.post("/subjects/town/versions", TestRegistry.schema(CITY));

        assertThat(registry.post("/subjects/address2/versions", with(ADDRESS, reference("City", "town", 1))))
                .isEqualTo("{\"id\":4}");
    }

    @Test
    void unknownOrDeletedReferenceIsRefused() throws Exception {
        for (String reference : List.of(reference("City", "city", 2), reference("City", "nothing", 1))) {
            assertThat(registry.assertRefused("POST", "/subjects/new/versions", with(ADDRESS, reference), 42201))
                    .contains("no schema found for reference x.City");
        }
        registry.post("/subjects/town/versions", TestRegistry.schema(CITY));
        registry.delete("/subjects/town");
        registry.assertRefused("POST", "/subjects/new/versions", with(ADDRESS, reference("City", "town", 1)), 42201);
        registry.assertRefused("POST", "/subjects/new/versions", TestRegistry.schema(ADDRESS), 42201);
    }

    @Test
    void versionThatIsReferredToCannotBeDeleted() throws Exception {
        assertThat(registry.get("/subjects/city/versions/1/referencedby")).isEqualTo("[2,3]");

        assertThat(registry.assertRefused("DELETE", "/subjects/city/versions/1", "", 42206))
                .contains("'city'", "'address'", "1 more");
        registry.assertRefused("DELETE", "/subjects/city", "", 42206);

        registry.delete("/subjects/person");
        registry.delete("/subjects/address");
        assertThat(registry.get("/subjects/city/versions/1/referencedby")).isEqualTo("[]");
        assertThat(registry.get("/subjects/city/versions/1/referencedby?deleted=true"))
                .isEqualTo("[2,3]");
        registry.delete("/subjects/city");
        registry.assertRefused("DELETE", "/subjects/city/versions/1?permanent=true", "", 42206);
        assertThat(new HttpSchemaRegistryClient(registry.address(""), Duration.ofSeconds(20)).schema(3))
                .isNotNull();

        registry.delete("/subjects/person?permanent=true");
        registry.delete("/subjects/address?permanent=true");
        assertThat(registry.delete("/subjects/city?permanent=true")).isEqualTo("[1]");
    }

    @Test
    void compatibilityIsCheckedWithReferences() throws Exception {
        String needsMore = record("Address", "\"x.City\"", "\"int\"");

        assertThat(registry.post("/compatibility/subjects/address/versions/latest", with(ADDRESS, TO_CITY)))
                .isEqualTo("{\"is_compatible\":true}");
        assertThat(registry.post("/compatibility/subjects/address/versions/latest", with(needsMore, TO_CITY)))
                .isEqualTo("{\"is_compatible\":false}");
        registry.assertRefused("POST", "/subjects/address/versions", with(needsMore, TO_CITY), 409);
    }

    @Test
    void normalizedSchemasAreTheSameWhateverTheirOrder() throws Exception {
        String one = "{\"type\":\"fixed\",\"name\":\"F\",\"size\":3,\"b\":1,\"a\":{\"y\":1,\"x\":2}}";
        String other = "{\"a\":{\"x\":2,\"y\":1},\"name\":\"F\",\"b\":1,\"size\":3,\"type\":\"fixed\"}";
        registry.put("/config", "{\"compatibility\":\"NONE\"}");

        assertThat(registry.post("/subjects/n/versions?normalize=true", TestRegistry.schema(one)))
                .isEqualTo("{\"id\":4}");
        assertThat(registry.post("/subjects/n/versions?normalize=true", TestRegistry.schema(other)))
                .isEqualTo("{\"id\":4}");
        registry.assertRefused("POST", "/subjects/n", TestRegistry.schema(one), 40403);
        assertThat(registry.post("/subjects/n?normalize=true", TestRegistry.schema(one)))
                .contains("\"id\":4");

        assertThat(registry.put("/config/m", "{\"normalize\":true}")).isEqualTo("{\"normalize\":true}");
        assertThat(registry.get("/config/m")).isEqualTo("{\"compatibilityLevel\":\"NONE\",\"normalize\":true}");
        registry.post("/subjects/m/versions", TestRegistry.schema(one));
        registry.post("/subjects/m/versions", TestRegistry.schema(other));
        assertThat(registry.get("/subjects/m/versions")).isEqualTo("[1]");
        registry.assertRefused("PUT", "/config/m", "{\"normalize\":1}", 400);
        registry.assertRefused("PUT", "/config/m", "{}", 42203);
    }

    @Test
    void schemaWithADefaultThatDoesNotFitIsAcceptedUnlessDefaultsAreValidated() throws Exception {
        String schema = TestRegistry.schema(
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"n\",\"type\":\"int\",\"default\":\"0\"}]}");

        assertThat(registry.post("/subjects/d/versions", schema)).isEqualTo("{\"id\":4}");
        assertThat(registry.get("/schemas/ids/4")).contains("\\\"default\\\":\\\"0\\\"");
        try (TestRegistry strict = new TestRegistry(topic, true)) {
            assertThat(strict.assertRefused("POST", "/subjects/e/versions", schema, 42201))
                    .contains("Invalid default for field n");
            assertThat(strict.post("/subjects/d/versions", schema)).isEqualTo("{\"id\":4}");
        }
    }
}
