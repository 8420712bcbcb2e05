package io.tailrace.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.schemas.SchemaReference;
import io.tailrace.schemas.SchemaText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegistryStateTest {
    private static final int HISTORIES = 100;

    private final InMemoryTopic topic = new InMemoryTopic();

    @Test
    void firstClaimOfAVersionWins() {
        Registration first = append(claim("s", 1, 1, "\"int\""));
        Registration second = append(claim("s", 1, 1, "\"long\""));

        RegistryState state = read();

        assertThat(state.hasWon(first.key())).isTrue();
        assertThat(state.hasWon(second.key())).isFalse();
        assertThat(state.versions("s", true))
                .extracting(registration -> registration.text().json())
                .containsExactly("\"int\"");
        assertThat(state.schema(1)).contains(SchemaText.of("\"int\""));
        assertThat(state.nextVersion("s")).isEqualTo(2);
        assertThat(state.idFor(SchemaText.of("\"long\""))).isEqualTo(2);
    }

    @Test
    void firstClaimOfAnIdWins() {
        append(claim("a", 1, 1, "\"int\""));
        append(claim("b", 1, 1, "\"long\""));

        assertThat(read().subjects(true)).containsExactly("a");
    }

    @Test
    void schemaHasTheSameIdInSeveralSubjects() {
        append(claim("a", 1, 1, "\"int\""));
        append(claim("b", 1, 1, "\"int\""));

        assertThat(read().registrations(1, false))
                .extracting(Registration::subject)
                .containsExactly("a", "b");
    }

    @Test
    void firstClaimWinsEvenIfCompactionMovesItBehindAnother() {
        append(claim("a", 1, 1, "\"int\""));
        append(claim("b", 1, 1, "\"long\""));
        append(read().versions("a", true).get(0).softDeleted());
        topic.compact(3);
        assertThat(topic.entries()).extracting(SchemaLog.Entry::offset).containsExactly(1L, 2L);

        RegistryState state = read();

        assertThat(state.schema(1)).contains(SchemaText.of("\"int\""));
        assertThat(state.subjects(true)).containsExactly("a");
    }

    @Test
    void idsAndVersionsAreNotReusedAfterAPermanentDeletion() {
        append(claim("s", 1, 1, "\"int\""));
        append(read().versions("s", true).get(0).softDeleted());
        append(read().versions("s", true).get(0).withoutSchema());
        topic.compact(3);

        RegistryState state = read();

        assertThat(state.schema(1)).isEmpty();
        assertThat(state.subjects(true)).isEmpty();
        assertThat(state.nextVersion("s")).isEqualTo(2);
        assertThat(state.idFor(SchemaText.of("\"long\""))).isEqualTo(2);
        assertThat(state.idFor(SchemaText.of("\"int\""))).isEqualTo(1);
    }

    @Test
    void recordsOfConfluentsRegistryAreRead() {
        topic.append(
                utf8("{\"keytype\":\"SCHEMA\",\"subject\":\"s\",\"version\":1,\"magic\":1}"),
                utf8("{\"subject\":\"s\",\"version\":1,\"id\":7,\"schema\":\"\\\"int\\\"\",\"deleted\":false}"));
        topic.append(utf8("{\"keytype\":\"NOOP\",\"magic\":0}"), null);
        topic.append(
                utf8("{\"keytype\":\"CONFIG\",\"subject\":null,\"magic\":0}"),
                utf8("{\"compatibilityLevel\":\"FULL\"}"));
        topic.append(utf8("{\"keytype\":\"MODE\",\"subject\":\"s\",\"magic\":0}"), utf8("{\"mode\":\"READONLY\"}"));
        topic.append(
                utf8("{\"keytype\":\"SCHEMA\",\"subject\":\"t\",\"version\":1,\"magic\":1}"),
                utf8("{\"subject\":\"t\",\"version\":1,\"id\":9,\"references\":[{\"name\":\"F\",\"subject\":\"s\","
                        + "\"version\":1}],\"schema\":\"\\\"F\\\"\",\"deleted\":false}"));

        RegistryState state = read();

        assertThat(state.schema(7)).contains(SchemaText.of("\"int\""));
        assertThat(state.configs().set(null)).contains(new SubjectConfig(Compatibility.FULL, null));
        assertThat(state.idFor(SchemaText.of("\"long\""))).isEqualTo(10);
        assertThat(state.modes().set("s")).contains(Mode.READONLY);
        assertThat(state.schema(9)).contains(new SchemaText("\"F\"", List.of(new SchemaReference("F", "s", 1))));
    }

    @Test
    void invalidRecordsAreSkipped() {
        append(claim("s", 1, 1, "\"int\""));
        byte[] key = utf8("{\"keytype\":\"SCHEMA\",\"subject\":\"t\",\"version\":1,\"magic\":1}");
        for (String value : List.of(
                "not JSON",
                "[]",
                "{}",
                "{\"id\":-1,\"schema\":\"\"}",
                "{\"id\":5}",
                "{\"id\":5,\"schema\":\"\\\"int\\\"\",\"origin\":0}",
                "{\"id\":5,\"schema\":\"\\\"int\\\"\",\"origin\":99}")) {
            topic.append(key, utf8(value));
        }
        topic.append(utf8("not JSON"), utf8("{}"));
        topic.append(utf8("{\"keytype\":\"CONFIG\",\"subject\":\"s\"}"), utf8("{\"compatibilityLevel\":\"SOME\"}"));
        topic.append(utf8("{\"keytype\":\"CONFIG\",\"subject\":\"s\"}"), utf8("{}"));
        topic.append(utf8("{\"keytype\":\"MODE\",\"subject\":\"s\"}"), utf8("{\"mode\":\"SOME\"}"));

        assertThat(read().subjects(true)).containsExactly("s");
    }

    /**
     * Instances that lag behind append claims and deletions, and compaction runs anywhere. Every reader of the log gets
     * the same state as one that read each record when it was written.
     */
    @Test
    void compactionAnywhereChangesNothing() {
        long seed = Long.getLong("seed", System.nanoTime());
        for (int history = 0; history < HISTORIES; history++) {
            play(seed + history);
        }
    }

    private static void play(long seed) {
        Random random = new Random(seed);
        InMemoryTopic shared = new InMemoryTopic();
        RegistryState continuous = new RegistryState();
        List<Instance> writers = List.of(new Instance(), new Instance(), new Instance());
        Map<Integer, String> hashes = new HashMap<>();
        for (int step = 0; step < 40; step++) {
            Instance writer = writers.get(random.nextInt(writers.size()));
            appendTo(shared, randomRecord(random, writer.state));
            SchemaLog.Entry last = shared.entries().get(shared.entries().size() - 1);
            SchemaRecords.apply(last, continuous);
            writers.stream().filter(instance -> random.nextInt(3) > 0).forEach(instance -> instance.catchUp(shared));
            if (random.nextInt(5) == 0) {
                shared.compact(random.nextInt((int) last.offset() + 2));
            }
            assertThat(describe(stateOf(shared))).as("seed %d", seed).isEqualTo(describe(continuous));
            for (String subject : continuous.subjects(true)) {
                for (Registration held : continuous.versions(subject, true)) {
                    String first = hashes.merge(held.id(), held.schemaHash(), (was, is) -> was);
                    assertThat(held.schemaHash())
                            .as("id %d, seed %d", held.id(), seed)
                            .isEqualTo(first);
                }
            }
        }
    }

    /** An instance and its position in the log. */
    private static final class Instance {
        private final RegistryState state = new RegistryState();
        private long position;

        void catchUp(InMemoryTopic topic) {
            topic.entries().stream().filter(entry -> entry.offset() >= position).forEach(entry -> {
                SchemaRecords.apply(entry, state);
                position = entry.offset() + 1;
            });
            state.settle();
        }
    }

    private static Registration randomRecord(Random random, RegistryState writer) {
        String subject = "s" + random.nextInt(3);
        List<Registration> versions = writer.versions(subject, true);
        if (!versions.isEmpty() && random.nextInt(3) == 0) {
            Registration registration = versions.get(random.nextInt(versions.size()));
            return registration.deleted() ? registration.withoutSchema() : registration.softDeleted();
        }
        SchemaText schema = SchemaText.of("{\"type\":\"fixed\",\"name\":\"F\",\"size\":" + random.nextInt(12) + "}");
        return Registration.claim(subject, writer.nextVersion(subject), writer.idFor(schema), schema);
    }

    private static List<String> describe(RegistryState state) {
        List<String> lines = new ArrayList<>();
        for (String subject : state.subjects(true)) {
            lines.add(subject + " next " + state.nextVersion(subject));
            state.versions(subject, true).forEach(registration -> lines.add(registration.toString()));
        }
        for (int id = 1; id < 60; id++) {
            lines.add(id + " " + state.schema(id) + " "
                    + state.registrations(id, true).size());
        }
        lines.add("next " + state.idFor(SchemaText.of("new")));
        return lines;
    }

    private static Registration claim(String subject, int version, int id, String json) {
        return Registration.claim(subject, version, id, SchemaText.of(json));
    }

    private Registration append(Registration registration) {
        appendTo(topic, registration);
        return registration;
    }

    private static void appendTo(InMemoryTopic topic, Registration registration) {
        topic.append(SchemaRecords.key(registration), SchemaRecords.value(registration));
    }

    private RegistryState read() {
        return stateOf(topic);
    }

    private static RegistryState stateOf(InMemoryTopic topic) {
        RegistryState state = new RegistryState();
        topic.entries().forEach(entry -> SchemaRecords.apply(entry, state));
        state.settle();
        return state;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
