package io.tailrace.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchemaRegistryTest {
    private final InMemoryTopic topic = new InMemoryTopic();
    private final List<SchemaStore> stores = new ArrayList<>();

    @AfterEach
    void close() {
        stores.forEach(SchemaStore::close);
    }

    private SchemaRegistry instance() {
        SchemaStore store = SchemaStore.open(topic.log(), Duration.ofSeconds(20));
        stores.add(store);
        return new SchemaRegistry(store);
    }

    private static String fixed(int size) {
        return "{\"type\":\"fixed\",\"name\":\"F\",\"size\":" + size + "}";
    }

    @Test
    void idBelongsToOneSchemaWhenInstancesWriteAtOnce() throws Exception {
        List<SchemaRegistry> instances = List.of(instance(), instance(), instance());
        instances.get(0).setLevel(Optional.empty(), Compatibility.NONE);
        ExecutorService threads = Executors.newFixedThreadPool(6);
        Map<Integer, String> schemas = new TreeMap<>();
        try {
            List<Future<Integer>> ids = new ArrayList<>();
            for (int i = 0; i < 120; i++) {
                SchemaRegistry registry = instances.get(i % 3);
                String subject = "s" + i % 4;
                int size = i / 2;
                ids.add(threads.submit(() -> registry.register(subject, fixed(size))));
            }
            for (int i = 0; i < ids.size(); i++) {
                String schema = instances.get(2).schema(ids.get(i).get());
                assertThat(schema).isEqualTo(fixed(i / 2));
                assertThat(schemas.merge(ids.get(i).get(), schema, (was, is) -> was))
                        .isEqualTo(schema);
            }
        } finally {
            threads.shutdownNow();
        }
        SchemaRegistry late = instance();
        schemas.forEach((id, schema) -> assertThat(late.schema(id)).isEqualTo(schema));
    }

    @Test
    void schemaOfOneInstanceIsKnownToOthers() {
        SchemaRegistry one = instance();
        SchemaRegistry other = instance();

        int id = one.register("s", fixed(1));

        assertThat(other.schema(id)).isEqualTo(fixed(1));
        assertThat(other.register("s", fixed(1))).isEqualTo(id);
        assertThat(other.register("t", fixed(1))).isEqualTo(id);
        assertThat(topic.entries()).hasSize(2);
    }

    @Test
    void failedAppendRegistersNothing() {
        SchemaRegistry registry = instance();
        topic.failWith(RegistryException.storeFailed("disk full"));

        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> registry.register("s", fixed(1)))
                .satisfies(e -> assertThat(e.errorCode()).isEqualTo(50001));

        assertThat(registry.subjects("", true)).isEmpty();
        topic.failWith(null);
        assertThat(registry.register("s", fixed(2))).isEqualTo(1);
    }

    @Test
    void schemaRegisteredAgainAfterASoftDeletionKeepsItsId() {
        SchemaRegistry registry = instance();
        int id = registry.register("s", fixed(1));
        registry.deleteSubject("s", false);

        assertThat(registry.register("s", fixed(1))).isEqualTo(id);
        assertThat(registry.versions("s", false))
                .extracting(Registration::version)
                .containsExactly(2);
        assertThat(registry.versions("s", true))
                .extracting(Registration::version)
                .containsExactly(1, 2);
    }

    @Test
    void deletedVersionsAreNotCheckedForCompatibility() {
        SchemaRegistry registry = instance();
        registry.register("s", "\"int\"");
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> registry.register("s", "\"string\""))
                .satisfies(e -> assertThat(e.errorCode()).isEqualTo(409));

        registry.deleteVersion("s", Version.LATEST, false);

        assertThat(registry.register("s", "\"string\"")).isEqualTo(2);
    }
}
