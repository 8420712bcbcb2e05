package io.tailrace.loader.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.loader.run.AccessLog;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowMapperTest {
    private static final ConsumerRecord RECORD = new ConsumerRecord(AccessLog.P1, 42, 1_000, null, null, List.of());

    @ParameterizedTest
    @CsvSource({
        "status,status",
        "byteOffset,byte_offset",
        "HTTPStatus,http_status",
        "x509Name,x509_name",
        "already_snake,already_snake",
        "A,a"
    })
    void namesColumnsInSnakeCase(String field, String column) {
        assertThat(ColumnNames.column(field)).isEqualTo(column);
    }

    @Test
    void takesTheEventTimeFromTheEventOrElseFromTheRecord() {
        Schema micros = SchemaBuilder.record("E")
                .fields()
                .name("at")
                .type(LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG)))
                .noDefault()
                .endRecord();
        GenericRecord event = new GenericData.Record(micros);
        event.put("at", 5_000_999L);

        assertThat(new RowMapper(micros, "at").eventTimeMs(event, RECORD)).isEqualTo(5_000);
        assertThat(new RowMapper(micros, "other").eventTimeMs(event, RECORD)).isEqualTo(1_000);
    }

    @Test
    void takesTheRecordsTimestampIfTheEventTimeIsNull() {
        Schema nullable = SchemaBuilder.record("E")
                .fields()
                .name("at")
                .type()
                .unionOf()
                .nullType()
                .and()
                .type(LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG)))
                .endUnion()
                .noDefault()
                .endRecord();
        GenericRecord event = new GenericData.Record(nullable);

        assertThat(new RowMapper(nullable, "at").eventTimeMs(event, RECORD)).isEqualTo(1_000);
        event.put("at", 7L);
        assertThat(new RowMapper(nullable, "at").eventTimeMs(event, RECORD)).isEqualTo(7);
    }

    @Test
    void mapsAValueThatIsNotARecordToOneColumn() {
        RowMapper mapper = new RowMapper(Schema.create(Schema.Type.STRING), "eventTime");

        GenericRecord row = mapper.row("hello", 7, RECORD);

        assertThat(row.get("value")).isEqualTo("hello");
        assertThat(row.get(RowMapper.OFFSET)).isEqualTo(42L);
        assertThat(row.get(RowMapper.SCHEMA)).isEqualTo(7);
    }

    @Test
    void writesAsTextWhatHiveHasNoTypeFor() throws RefusedSchemaException {
        Schema event = new Schema.Parser().parse("""
                {"type":"record","name":"E","fields":[
                 {"name":"big","type":{"type":"bytes","logicalType":"decimal","precision":64,"scale":10}},
                 {"name":"list","type":{"type":"array","items":["null",
                   {"type":"fixed","name":"F","size":27,"logicalType":"decimal","precision":64,"scale":3}]}},
                 {"name":"map","type":{"type":"map","values":
                   {"type":"fixed","name":"D","size":12,"logicalType":"duration"}}},
                 {"name":"in","type":{"type":"record","name":"I","fields":[
                   {"name":"n","type":"int"},
                   {"name":"id","type":["null","int",{"type":"fixed","name":"U","size":16,"logicalType":"uuid"}]}]}}]}
                """);
        Schema prepared = TableSchema.of("t", event).event();
        RowMapper mapper = RowMapper.of(prepared, "t");
        String big = "12345678901234567890123456789012345678901234.0000000001";
        byte[] uuid = new byte[16];
        uuid[15] = 1;
        GenericRecord in = new GenericData.Record(schema(mapper, "in"));
        in.put("n", 5);
        in.put(
                "id",
                new GenericData.Fixed(
                        schema(mapper, "in").getField("id").schema().getTypes().get(2), uuid));
        GenericRecord value = new GenericData.Record(mapper.eventSchema());
        value.put("big", ByteBuffer.wrap(new BigDecimal(big).unscaledValue().toByteArray()));
        byte[] minusOne = new byte[27];
        Arrays.fill(minusOne, (byte) -1);
        value.put(
                "list",
                Arrays.asList(
                        null,
                        new GenericData.Fixed(
                                schema(mapper, "list")
                                        .getElementType()
                                        .getTypes()
                                        .get(1),
                                minusOne)));
        byte[] duration = {1, 0, 0, 0, 2, 0, 0, 0, (byte) 0xBC, 0x0B, 0, 0};
        value.put("map", Map.of("k", new GenericData.Fixed(schema(mapper, "map").getValueType(), duration)));
        value.put("in", in);

        GenericRecord row = mapper.row(value, null, RECORD);

        assertThat(row.get("big")).isEqualTo(big);
        assertThat(row.get("list")).isEqualTo(Arrays.asList(null, "-0.001"));
        assertThat(row.get("map")).isEqualTo(Map.of("k", "P1M2DT3.004S"));
        assertThat(row.get("in").toString()).isEqualTo("{\"n\": 5, \"id\": \"00000000-0000-0000-0000-000000000001\"}");
        assertThat(row.get(RowMapper.SCHEMA)).isNull();
        assertThat(mapper.event(row)).isEqualTo(value);

        row.put("big", "1" + big);
        assertThat(mapper.event(row)).isNotEqualTo(value);
        for (String other : List.of("1e3", "1.5", "00" + big, "not a number")) {
            row.put("big", other);
            assertThatThrownBy(() -> mapper.event(row)).as(other).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static Schema schema(RowMapper mapper, String field) {
        return mapper.eventSchema().getField(field).schema();
    }
}
