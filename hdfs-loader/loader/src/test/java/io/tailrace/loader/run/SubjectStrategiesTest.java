package io.tailrace.loader.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.table.TableKind;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.Schemas;
import java.io.IOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which schema the rows have, and which records may go to the error table. */
class SubjectStrategiesTest {
    private static final String TOPIC_SUBJECT = "access-log-value";
    private static final LoadChoices ACCEPT_ERRORS = new LoadChoices(Plan.OnGap.FAIL, false, true);

    private static final Schema VISIT = SchemaBuilder.record("Visit")
            .namespace("com.example")
            .fields()
            .requiredString("page")
            .requiredInt("ms")
            .endRecord();

    private static final Schema LATER_VISIT = SchemaBuilder.record("Visit")
            .namespace("com.example")
            .fields()
            .requiredString("page")
            .requiredInt("ms")
            .name("site")
            .type()
            .stringType()
            .stringDefault("main")
            .endRecord();

    /** A type of which every field has a default: any record can be read as one. */
    private static final Schema CLICK = SchemaBuilder.record("Click")
            .namespace("com.example")
            .fields()
            .optionalString("button")
            .endRecord();

    private final FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
    private final FakeRegistry registry = new FakeRegistry();
    private TestLoader loader;

    @BeforeEach
    void open(@TempDir java.nio.file.Path dir) throws IOException {
        loader = new TestLoader(new Path(dir.resolve("out").toUri()), new Configuration(), cluster, registry);
    }

    @AfterEach
    void close() throws IOException {
        loader.close();
    }

    private void visit(int id, String page) {
        GenericRecord visit = new GenericData.Record(VISIT);
        visit.put("page", page);
        visit.put("ms", 12);
        cluster.append(AccessLog.P0, AccessLog.START.toEpochMilli(), AccessLog.value(id, visit));
    }

    private void click(int id) {
        GenericRecord click = new GenericData.Record(CLICK);
        click.put("button", "left");
        cluster.append(AccessLog.P0, AccessLog.START.toEpochMilli(), AccessLog.value(id, click));
    }

    private void assertStops(String... messages) throws IOException {
        assertThatThrownBy(loader::load).isInstanceOf(IOException.class).hasMessageContainingAll(messages);
        assertThat(loader.files(TableKind.ROWS)).isEmpty();
        assertThat(loader.files(TableKind.ERRORS)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "AUTO, com.example.Visit",
        "AUTO, access-log-com.example.Visit",
        "AUTO, web-team-visits",
        "AUTO, access-log-value",
        "TOPIC, access-log-value",
        "RECORD, com.example.Visit",
        "TOPIC_RECORD, access-log-com.example.Visit"
    })
    void loadsIntoColumnsOfTheSubjectsNewestSchema(SubjectStrategy strategy, String subject) throws IOException {
        int id = registry.register(subject, VISIT);
        visit(id, "/");
        visit(id, "/a");
        registry.register(subject, LATER_VISIT);

        assertThat(loader.subjects(strategy).load().rows()).isEqualTo(2);

        assertThat(loader.rows(TableKind.ROWS))
                .extracting(row -> row.get("page") + " " + row.get("ms") + " " + row.get("site"))
                .containsExactlyInAnyOrder("/ 12 main", "/a 12 main");
        assertThat(loader.files(TableKind.ERRORS)).isEmpty();
    }

    /** A default counts only where it is used, whichever of the schemas comes first. */
    @ParameterizedTest
    @ValueSource(strings = {"null", "null \"\"", "\"\" null"})
    void loadsRecordsWhoseSchemaHasADefaultThatDoesNotFit(String defaults) throws IOException {
        String[] all = defaults.split(" ", -1);
        for (String each : all) {
            Schema schema = Schemas.of("""
                    {"type":"record","name":"Old","namespace":"com.example","fields":[
                     {"name":"id","type":"long"},{"name":"name","type":"string","default":%s}]}""".formatted(each));
            GenericRecord old = new GenericData.Record(schema);
            old.put("id", 1L);
            old.put("name", "one");
            int id = registry.register(TOPIC_SUBJECT, schema);
            for (TopicPartition partition : List.of(AccessLog.P0, AccessLog.P1)) {
                cluster.append(partition, AccessLog.START.toEpochMilli(), AccessLog.value(id, old));
            }
        }

        LoadResult result = loader.load();

        assertThat(result.rows()).isEqualTo(2L * all.length);
        assertThat(result.errors()).isZero();
        assertThat(loader.rows(TableKind.ROWS))
                .allSatisfy(row -> assertThat(row.get("name")).hasToString("one"));
    }

    @ParameterizedTest
    @CsvSource({"com.example.Visit", "access-log-value"})
    void loadsAfterItsSubjectWasDeletedSoftly(String subject) throws IOException {
        int id = registry.register(subject, VISIT);
        visit(id, "/");
        loader.load();
        registry.delete(subject);
        visit(id, "/a");

        assertThat(loader.load().rows()).isEqualTo(1);
        assertThat(loader.rows(TableKind.ROWS))
                .extracting(row -> row.get("page").toString())
                .containsExactlyInAnyOrder("/", "/a");
    }

    @ParameterizedTest
    @CsvSource({
        "TOPIC, subject access-log-value has no schema",
        "RECORD, subject com.example.Visit of topic access-log has no schema",
        "TOPIC_RECORD, subject access-log-com.example.Visit of topic access-log has no schema"
    })
    void stopsIfTheConfiguredSubjectHasNoSchema(SubjectStrategy strategy, String message) throws IOException {
        visit(registry.register("elsewhere", VISIT), "/");

        loader.subjects(strategy);

        assertStops(message, "subject.name.strategy=auto");
    }

    @Test
    void stopsIfTheRegistryIsEmpty() throws IOException {
        visit(1, "/");

        assertStops("record 0 of access-log-0 of topic access-log names schema id 1", "Check schema.registry.url");
        assertThat(loader.load(ACCEPT_ERRORS).errors()).isEqualTo(1);
    }

    @Test
    void stopsAtAnIdThatTheRegistryDoesNotHave() throws IOException {
        visit(registry.register(TOPIC_SUBJECT, VISIT), "/");
        visit(77, "/a");

        assertStops("record 1 of access-log-0: schema 77", "Check schema.registry.url", "--accept-errors");
        LoadResult accepted = loader.load(ACCEPT_ERRORS);
        assertThat(accepted.rows()).isEqualTo(1);
        assertThat(accepted.errors()).isEqualTo(1);
    }

    @Test
    void stopsAtASecondTypeAndNamesBoth() throws IOException {
        visit(registry.register("com.example.Visit", VISIT), "/");
        click(registry.register("com.example.Click", CLICK));

        assertStops(
                "records of several types",
                "com.example.Visit (record 0 of access-log-0, schema id 1)",
                "com.example.Click (record 1 of access-log-0, schema id 2)");
        LoadResult accepted = loader.load(ACCEPT_ERRORS);
        assertThat(accepted.rows()).isEqualTo(1);
        assertThat(accepted.errors()).isEqualTo(1);
    }

    @Test
    void stopsIfALaterLoadFindsOnlyAnotherType() throws IOException {
        visit(registry.register("com.example.Visit", VISIT), "/");
        loader.load();
        click(registry.register("com.example.Click", CLICK));

        assertThatThrownBy(loader::load)
                .hasMessageContainingAll("com.example.Click", "loaded before: com.example.Visit");
    }

    @Test
    void neverReadsARecordAsOneOfAnotherTypeWithNulls() throws IOException {
        int visit = registry.register("com.example.Visit", VISIT);
        click(registry.register(TOPIC_SUBJECT, CLICK));
        visit(visit, "/");

        assertStops("record 1 of access-log-0", "is of com.example.Visit, expected com.example.Click");
    }

    @Test
    void findsTheSchemaBehindRecordsWithoutOne() throws IOException {
        for (int i = 0; i < 1_200; i++) {
            cluster.append(AccessLog.P0, AccessLog.START.toEpochMilli(), "GET /".getBytes(UTF_8));
        }
        visit(registry.register("com.example.Visit", VISIT), "/");

        LoadResult result = loader.errorsRatioMax(1).load();

        assertThat(result.rows()).isEqualTo(1);
        assertThat(result.errors()).isEqualTo(1_200);
        assertThat(loader.rows(TableKind.ROWS).get(0).get("page")).hasToString("/");
    }

    @Test
    void stopsIfTooManyRecordsOfATaskAreErrors() throws IOException {
        int id = registry.register(TOPIC_SUBJECT, VISIT);
        for (int i = 0; i < 895; i++) {
            visit(id, "/" + i);
        }
        for (int i = 0; i < 105; i++) {
            cluster.append(AccessLog.P0, AccessLog.START.toEpochMilli(), "GET /".getBytes(UTF_8));
        }

        assertStops(
                "105 of 1000 records of a task would go to the error table, more than errors.max.ratio=0.1",
                "record 895 of access-log-0: record starts with byte 0x47",
                "--accept-errors");
        assertThat(loader.load(ACCEPT_ERRORS).errors()).isEqualTo(105);
    }

    @Test
    void aShareOfErrorsUpToTheLimitIsLoaded() throws IOException {
        int id = registry.register(TOPIC_SUBJECT, VISIT);
        for (int i = 0; i < 1_000; i++) {
            if (i % 10 == 0) {
                cluster.append(AccessLog.P0, AccessLog.START.toEpochMilli(), "GET /".getBytes(UTF_8));
            } else {
                visit(id, "/" + i);
            }
        }

        assertThat(loader.load().errors()).isEqualTo(100);
    }
}
