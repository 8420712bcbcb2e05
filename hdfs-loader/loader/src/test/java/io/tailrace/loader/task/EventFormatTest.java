package io.tailrace.loader.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.run.AccessLog;
import io.tailrace.loader.table.FileAudit;
import io.tailrace.loader.table.RowMapper;
import io.tailrace.schemas.FramedAvroDecoder;
import io.tailrace.schemas.FramedAvroEncoder;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.Schemas;
import io.tailrace.schemas.audit.ContentHash;
import io.tailrace.schemas.audit.ContentSum;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventFormatTest {
    private static final Schema SCHEMA = SchemaBuilder.record("Event")
            .fields()
            .optionalString("host")
            .name("at")
            .type(LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG)))
            .noDefault()
            .endRecord();
    private static final long WINDOW_MS = 600_000;

    /** The same fields, and one that a plan leaves to Avro's reader. */
    private static final Schema WITHOUT_PLAN = SchemaBuilder.record("Event")
            .fields()
            .optionalString("host")
            .name("at")
            .type(LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG)))
            .noDefault()
            .name("either")
            .type()
            .unionOf()
            .stringType()
            .and()
            .intType()
            .endUnion()
            .stringDefault("")
            .endRecord();

    private final Row row = new Row();

    private static EventFormat format(Schema schema) {
        RowMapper mapper = new RowMapper(schema, "at");
        return new EventFormat(
                AccessLog.P0, mapper, new FramedAvroDecoder(new OneSchema(schema), Optional.of(mapper.eventSchema())));
    }

    private static byte[] value(Schema schema, @Nullable String host, long timeMs) {
        GenericRecord event = new GenericData.Record(schema);
        event.put("host", host);
        event.put("at", timeMs * 1_000 + 999);
        if (schema.getField("either") != null) {
            event.put("either", 7);
        }
        return new FramedAvroEncoder().encode(1, event);
    }

    private @Nullable String read(EventFormat format, byte[] value) {
        row.set(7, 5_000, value, value.length);
        return format.read(row);
    }

    @Test
    void theFirstValueOfASchemaIsDecodedAndFurtherOnesAreNot() {
        EventFormat format = format(SCHEMA);

        for (int i = 0; i < 3; i++) {
            assertThat(read(format, value(SCHEMA, "web-1", 10))).isNull();
            assertThat(row.event == null).isEqualTo(i > 0);
            assertThat(row.plan != null).isEqualTo(i > 0);
            assertThat(row.eventTimeMs).isEqualTo(10);
        }
    }

    @Test
    void valuesWithoutAPlanAreAlwaysDecoded() {
        EventFormat format = format(WITHOUT_PLAN);

        for (int i = 0; i < 3; i++) {
            assertThat(read(format, value(WITHOUT_PLAN, "web-1", 10))).isNull();
            assertThat(row.event).isNotNull();
            assertThat(row.eventTimeMs).isEqualTo(10);
        }
    }

    @Test
    void defaultsThatDoNotFitTheirTypesDoNotMatterToValuesWithTheField() {
        Schema schema = Schemas.of("""
                {"type":"record","name":"Event","fields":[
                    {"name":"host","type":"string","default":null},
                    {"name":"at","type":{"type":"long","logicalType":"timestamp-micros"},"default":"0"}]}""");
        EventFormat format = format(schema);

        for (int i = 0; i < 3; i++) {
            assertThat(read(format, value(schema, "web-1", 10))).isNull();
            assertThat(row.eventTimeMs).isEqualTo(10);
        }
    }

    @Test
    void avrosReaderGivesTheReasonIfAValueIsDamaged() {
        EventFormat format = format(SCHEMA);
        byte[] value = value(SCHEMA, "web-1", 10);
        String reason = read(format(SCHEMA), Arrays.copyOf(value, value.length - 1));
        assertThat(read(format, value)).isNull();

        assertThat(reason).startsWith("Avro: ");
        assertThat(read(format, Arrays.copyOf(value, value.length - 1))).isEqualTo(reason);
        assertThat(read(format, Arrays.copyOf(value, value.length + 1))).contains("bytes are left");
        assertThat(read(format, new byte[] {1, 2})).contains("at least 5");
    }

    @Test
    void sumsValuesByHostAndWindow() {
        for (Schema schema : List.of(SCHEMA, WITHOUT_PLAN)) {
            EventFormat format = format(schema);
            RowSums sums = new RowSums(new RowSums.Limit());
            Map<String, Map<Long, ContentSum>> expected = new TreeMap<>();
            for (int i = 0; i < 100; i++) {
                @Nullable String host = i % 5 == 0 ? null : "web-" + i % 3;
                byte[] value = value(schema, host, i * WINDOW_MS / 10);
                assertThat(read(format, value)).isNull();
                sums.add(row);
                expected.computeIfAbsent(host == null ? "" : host, each -> new TreeMap<>())
                        .merge(
                                i / 10 * WINDOW_MS,
                                ContentSum.ZERO.plus(ContentHash.of(value, 5, value.length - 5)),
                                ContentSum::plus);
            }

            assertThat(sums.result().sums()).isEqualTo(expected);
            assertThat(FileAudit.parse(sums.result().toJson())).isEqualTo(sums.result());
        }
    }

    @Test
    void givesUpSumsOfTooManyHosts() {
        EventFormat format = format(SCHEMA);
        RowSums.Limit limit = new RowSums.Limit();
        RowSums sums = new RowSums(limit);
        for (int i = 0; i <= FileAudit.ENTRIES_MAX; i++) {
            assertThat(read(format, value(SCHEMA, "web-" + i, 0))).isNull();
            sums.add(row);
        }

        assertThat(sums.result()).isEqualTo(FileAudit.INCOMPLETE);
        assertThat(FileAudit.parse(FileAudit.INCOMPLETE.toJson())).isEqualTo(FileAudit.INCOMPLETE);
    }

    /** A registry of one schema, with id 1. */
    private record OneSchema(Schema only) implements SchemaRegistryClient {
        @Override
        public int register(String subject, Schema schema) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Schema schema(int id) {
            return only;
        }

        @Override
        public List<SubjectVersion> subjectVersions(int id) {
            return List.of();
        }

        @Override
        public OptionalInt latestId(String subject) {
            return OptionalInt.empty();
        }

        @Override
        public OptionalInt latestIdWithDeleted(String subject) {
            return OptionalInt.empty();
        }
    }
}
