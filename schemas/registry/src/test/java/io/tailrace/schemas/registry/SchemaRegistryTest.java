package io.tailrace.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tailrace.schemas.SchemaReference;
import io.tailrace.schemas.SchemaText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        return SchemaRegistry.of(store, false);
    }

    private static int register(SchemaRegistry registry, String subject, String schema) {
        return registry.writer().register(subject, NewSchema.of(SchemaText.of(schema)), false);
    }

    private static String fixed(int size) {
        return "{\"type\":\"fixed\",\"name\":\"F\",\"size\":" + size + "}";
    }

    @Test
    void idBelongsToOneSchemaWhenInstancesWriteAtOnce() throws Exception {
        List<SchemaRegistry> instances = List.of(instance(), instance(), instance());
        instances.get(0).settings().configure(null, new SubjectConfig(Compatibility.NONE, null));
        ExecutorService threads = Executors.newFixedThreadPool(6);
        Map<Integer, String> schemas = new TreeMap<>();
        try {
            List<Future<Integer>> ids = new ArrayList<>();
            for (int i = 0; i < 120; i++) {
                SchemaRegistry registry = instances.get(i % 3);
                String subject = "s" + i % 4;
                int size = i / 2;
                ids.add(threads.submit(() -> register(registry, subject, fixed(size))));
            }
            for (int i = 0; i < ids.size(); i++) {
                String schema =
                        instances.get(2).queries().schema(ids.get(i).get()).json();
                assertThat(schema).isEqualTo(fixed(i / 2));
                assertThat(schemas.merge(ids.get(i).get(), schema, (was, is) -> was))
                        .isEqualTo(schema);
            }
        } finally {
            threads.shutdownNow();
        }
        SchemaRegistry late = instance();
        schemas.forEach(
                (id, schema) -> assertThat(late.queries().schema(id).json()).isEqualTo(schema));
    }

    @Test
    void schemaOfOneInstanceIsKnownToOthers() {
        SchemaRegistry one = instance();
        SchemaRegistry other = instance();

        int id = register(one, "s", fixed(1));

        assertThat(other.queries().schema(id).json()).isEqualTo(fixed(1));
        assertThat(register(other, "s", fixed(1))).isEqualTo(id);
        assertThat(register(other, "t", fixed(1))).isEqualTo(id);
        assertThat(topic.entries()).hasSize(2);
    }

    @Test
    void whatOneInstanceWroteIsSeenByQueriesOfAnother() {
        SchemaRegistry one = instance();
        SchemaRegistry other = instance();
        for (int size = 1; size <= 20; size++) {
            one.settings().configure("s", new SubjectConfig(Compatibility.NONE, size % 2 == 0));
            int id = register(one, "s", fixed(size));

            assertThat(other.queries().version("s", Version.LATEST, false).id()).isEqualTo(id);
            assertThat(other.queries().versions("s", false)).hasSize(size);
            assertThat(other.queries().registrations(id, false)).hasSize(1);
            assertThat(other.settings().config("s", false).normalize()).isEqualTo(size % 2 == 0);
        }
    }

    @Test
    void knownSchemasAreFoundWhileBrokersDoNotAnswer() {
        SchemaRegistry registry = instance();
        int id = register(registry, "s", fixed(1));
        topic.failEndOffsetWith(RegistryException.storeFailed("no broker"));
        int asked = topic.endOffsetRequests();

        for (int i = 0; i < 5; i++) {
            assertThat(registry.queries().version("s", Version.LATEST, false).id())
                    .isEqualTo(id);
        }
        assertThat(topic.endOffsetRequests()).isEqualTo(asked + 1);

        // Another instance may have written it, so a miss is not certain.
        for (Runnable miss : List.<Runnable>of(() -> registry.queries().versions("t", false), () -> registry.queries()
                .schema(99))) {
            assertThatExceptionOfType(RegistryException.class)
                    .isThrownBy(miss::run)
                    .satisfies(e -> assertThat(e.errorCode()).isEqualTo(50001));
        }
    }

    @Test
    void referenceWhoseVersionAnotherInstanceDeletedIsRefused() {
        SchemaRegistry one = instance();
        SchemaRegistry other = instance();
        register(one, "f", fixed(1));
        one.writer().deleteVersion("f", Version.LATEST, false);

        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> other.writer()
                        .register(
                                "s",
                                NewSchema.of(new SchemaText("\"F\"", List.of(new SchemaReference("F", "f", 1)))),
                                false))
                .satisfies(e -> assertThat(e.errorCode()).isEqualTo(42201));
    }

    private static SchemaText referring() {
        return new SchemaText("\"F\"", List.of(new SchemaReference("F", "f", 1)));
    }

    @Test
    void registrationIsWithdrawnIfItsReferenceIsDeletedAtOnce() {
        SchemaRegistry one = instance();
        SchemaRegistry other = instance();
        register(one, "f", fixed(1));
        topic.beforeNextAppend(() -> {
            other.writer().deleteSubject("f", false);
            other.writer().deleteSubject("f", true);
        });

        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> one.writer().register("s", NewSchema.of(referring()), false))
                .withMessageContaining("was deleted by another instance");

        assertThat(instance().queries().subjects("", true)).isEmpty();
    }

    @Test
    void deletedVersionIsRestoredIfASchemaComesToReferToItAtOnce() {
        SchemaRegistry one = instance();
        int id = register(one, "f", fixed(1));
        one.writer().deleteSubject("f", false);
        Registration referrer = Registration.claim("s", 1, id + 1, referring());
        topic.beforeNextAppend(() -> topic.append(SchemaRecords.key(referrer), SchemaRecords.value(referrer)));

        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> one.writer().deleteSubject("f", true))
                .satisfies(e -> assertThat(e.errorCode()).isEqualTo(42206));

        assertThat(instance().queries().schema(id).json()).isEqualTo(fixed(1));
    }

    @Test
    void failedAppendRegistersNothing() {
        SchemaRegistry registry = instance();
        topic.failWith(RegistryException.storeFailed("disk full"));

        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> register(registry, "s", fixed(1)))
                .satisfies(e -> assertThat(e.errorCode()).isEqualTo(50001));

        assertThat(registry.queries().subjects("", true)).isEmpty();
        topic.failWith(null);
        assertThat(register(registry, "s", fixed(2))).isEqualTo(1);
    }

    @Test
    void schemaRegisteredAgainAfterASoftDeletionKeepsItsId() {
        SchemaRegistry registry = instance();
        int id = register(registry, "s", fixed(1));
        registry.writer().deleteSubject("s", false);

        assertThat(register(registry, "s", fixed(1))).isEqualTo(id);
        assertThat(registry.queries().versions("s", false))
                .extracting(Registration::version)
                .containsExactly(2);
        assertThat(registry.queries().versions("s", true))
                .extracting(Registration::version)
                .containsExactly(1, 2);
    }

    @Test
    void deletedVersionsAreNotCheckedForCompatibility() {
        SchemaRegistry registry = instance();
        register(registry, "s", "\"int\"");
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> register(registry, "s", "\"string\""))
                .satisfies(e -> assertThat(e.errorCode()).isEqualTo(409));

        registry.writer().deleteVersion("s", Version.LATEST, false);

        assertThat(register(registry, "s", "\"string\"")).isEqualTo(2);
    }
}
