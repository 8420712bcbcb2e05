package io.tailrace.loader.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.loader.run.AccessLog;
import java.util.List;
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
        assertThat(RowMapper.column(field)).isEqualTo(column);
    }

    @Test
    void refusesFieldsThatWouldShareAColumn() {
        Schema twins = SchemaBuilder.record("E")
                .fields()
                .requiredInt("aB")
                .requiredInt("a_b")
                .endRecord();
        Schema position =
                SchemaBuilder.record("E").fields().requiredInt("recordOffset").endRecord();

        assertThatThrownBy(() -> new RowMapper(twins, "t"))
                .hasMessageContaining("aB")
                .hasMessageContaining("a_b");
        Schema day = SchemaBuilder.record("E").fields().requiredInt("dt").endRecord();
        assertThatThrownBy(() -> new RowMapper(position, "t")).hasMessageContaining("record_offset");
        assertThatThrownBy(() -> new RowMapper(day, "t")).hasMessageContaining("field dt");
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

        GenericRecord row = mapper.row("hello", RECORD);

        assertThat(row.get("value")).isEqualTo("hello");
        assertThat(row.get(RowMapper.OFFSET)).isEqualTo(42L);
    }
}
