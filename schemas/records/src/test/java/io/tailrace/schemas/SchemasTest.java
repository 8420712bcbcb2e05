package io.tailrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class SchemasTest {
    private static final List<Schema> ALL =
            List.of(Schemas.ACCESS_LOG_EVENT, Schemas.RAW_LINE, Schemas.DEAD_LETTER, Schemas.AUDIT_COUNT);

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
                    .startsWith("host", "file", "byteOffset");
        }
    }
}
