package io.tailrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

class SchemasTest {
    private static final List<Schema> ALL = List.of(
            Schemas.ACCESS_LOG_EVENT,
            Schemas.RAW_LINE,
            Schemas.DEAD_LETTER,
            Schemas.AUDIT_COUNT,
            Schemas.AUDIT_PROGRESS);

    @Test
    void schemasAreDocumentedAndInOurNamespace() {
        for (Schema schema : ALL) {
            assertThat(schema.getNamespace()).isEqualTo("io.tailrace.schemas");
            assertThat(schema.getDoc()).as(schema.getName()).isNotBlank();
        }
    }

    @Test
    void nullableFieldsDefaultToNull() {
        for (Schema schema : ALL) {
            for (Schema.Field field : schema.getFields()) {
                if (field.schema().isNullable()) {
                    assertThat(field.defaultVal())
                            .as("%s.%s", schema.getName(), field.name())
                            .isEqualTo(JsonProperties.NULL_VALUE);
                }
            }
        }
    }

    @Test
    void recordsOfLinesStartWithTheirOrigin() {
        for (Schema schema : List.of(Schemas.ACCESS_LOG_EVENT, Schemas.RAW_LINE, Schemas.DEAD_LETTER)) {
            assertThat(schema.getFields())
                    .extracting(Schema.Field::name)
                    .as(schema.getName())
                    .startsWith("host", "file", "byteOffset", "fileId");
        }
    }

    @Test
    void recordsWithoutTheLaterFieldsAreReadWithTheirDefaults() throws IOException {
        for (Schema schema : List.of(Schemas.ACCESS_LOG_EVENT, Schemas.RAW_LINE, Schemas.DEAD_LETTER)) {
            assertThat(readWithout(schema, Set.of("fileId")).get("fileId")).isNull();
        }
        GenericRecord count = readWithout(Schemas.AUDIT_COUNT, Set.of("sum", "rejected"));
        assertThat(count.get("sum")).isNull();
        assertThat(count.get("rejected")).isEqualTo(0L);
    }

    /** Writes a record of zeros in a schema that lacks fields, and reads it with them. */
    private static GenericRecord readWithout(Schema schema, Set<String> later) throws IOException {
        Schema earlier = Schema.createRecord(schema.getName(), "", schema.getNamespace(), false);
        earlier.setFields(schema.getFields().stream()
                .filter(field -> !later.contains(field.name()))
                .map(field -> new Schema.Field(field, field.schema()))
                .toList());
        // Zeros are empty strings, null, 0 and empty maps.
        return new GenericDatumReader<GenericRecord>(earlier, schema)
                .read(null, DecoderFactory.get().binaryDecoder(new byte[100], null));
    }
}
