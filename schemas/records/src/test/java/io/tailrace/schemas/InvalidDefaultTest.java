package io.tailrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.schemas.FramedAvroDecoder.Decoded;
import io.tailrace.schemas.FramedAvroDecoder.Fault;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Schemas whose defaults do not fit their types. Such a default only counts where it is needed. */
class InvalidDefaultTest {
    private static final String ID = "{\"name\":\"id\",\"type\":\"long\"}";
    private static final String NULL_DEFAULT = "{\"name\":\"name\",\"type\":\"string\",\"default\":null}";
    private static final String SOUND_DEFAULT = "{\"name\":\"name\",\"type\":\"string\",\"default\":\"\"}";

    private static Schema record(String... fields) {
        return Schemas.of(
                "{\"type\":\"record\",\"name\":\"Visit\",\"fields\":[%s]}".formatted(String.join(",", fields)));
    }

    /** A registry that has one schema under every id. */
    private record Holder(Schema schema) implements SchemaRegistryClient {
        @Override
        public int register(String subject, Schema registered) {
            throw new IllegalStateException("not used");
        }

        @Override
        public Schema schema(int id) {
            return schema;
        }

        @Override
        public List<SubjectVersion> subjectVersions(int id) {
            throw new IllegalStateException("not used");
        }

        @Override
        public OptionalInt latestId(String subject) {
            throw new IllegalStateException("not used");
        }

        @Override
        public OptionalInt latestIdWithDeleted(String subject) {
            throw new IllegalStateException("not used");
        }
    }

    private static Decoded decode(GenericRecord written, Schema reader) {
        byte[] framed = new FramedAvroEncoder().encode(1, written);
        return new FramedAvroDecoder(new Holder(written.getSchema()), Optional.of(reader)).decode(framed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                NULL_DEFAULT,
                "{\"name\":\"name\",\"type\":[\"string\",\"null\"],\"default\":null}",
                "{\"name\":\"name\",\"type\":\"string\",\"default\":7}",
                "{\"name\":\"name\",\"type\":[\"null\",\"string\"],\"default\":\"none\"}",
                "{\"name\":\"name\",\"type\":\"string\",\"default\":{}}"
            })
    void recordOfASchemaWithAnInvalidDefaultIsDecoded(String field) {
        Schema schema = record(ID, field);
        GenericRecord written = new GenericData.Record(schema);
        written.put("id", 7L);
        written.put("name", "one");

        for (Schema reader : List.of(schema, record(ID, SOUND_DEFAULT), record(ID))) {
            assertThat(decode(written, reader)).isInstanceOfSatisfying(Decoded.Value.class, decoded -> assertThat(
                            ((GenericRecord) decoded.value()).get("id"))
                    .isEqualTo(7L));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"f\",\"type\":{\"type\":\"enum\",\"name\":\"Level\",\"symbols\":[\"LOW\",\"HIGH\"]},\"default\":\"low\"}",
                "{\"name\":\"f\",\"type\":\"int\",\"default\":\"0\"}",
                "{\"name\":\"f\",\"type\":\"double\",\"default\":0}",
                "{\"name\":\"f\",\"type\":\"float\",\"default\":1}",
                "{\"name\":\"f\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"default\":{}}"
            })
    void recordIsDecodedWhateverTypeItsInvalidDefaultHas(String field) {
        Schema schema = record(field);
        Schema type = schema.getField("f").schema();
        GenericRecord written = new GenericData.Record(schema);
        written.put(
                "f",
                switch (type.getType()) {
                    case ENUM -> new GenericData.EnumSymbol(type, "HIGH");
                    case INT -> (Object) 7;
                    case DOUBLE -> 0.5;
                    case FLOAT -> 0.5f;
                    default -> List.of(new Utf8("a"));
                });

        assertThat(decode(written, schema))
                .isInstanceOfSatisfying(Decoded.Value.class, decoded -> assertThat(decoded.value())
                        .isEqualTo(written));
    }

    @Test
    void invalidDefaultThatIsNeededMakesTheSchemasIncompatible() {
        GenericRecord written = new GenericData.Record(record(ID));
        written.put("id", 7L);

        assertThat(decode(written, record(ID, NULL_DEFAULT)))
                .isInstanceOfSatisfying(Decoded.Rejected.class, rejected -> assertThat(rejected.fault())
                        .isEqualTo(Fault.INCOMPATIBLE_SCHEMA));
    }

    @Test
    void recordThatLacksARequiredFieldHasAnIncompatibleSchema() {
        Schema other = Schemas.of("{\"type\":\"record\",\"name\":\"Order\",\"fields\":[" + SOUND_DEFAULT + "]}");
        GenericRecord written = new GenericData.Record(other);
        written.put("name", "one");

        assertThat(decode(written, record(ID)))
                .isInstanceOfSatisfying(Decoded.Rejected.class, rejected -> assertThat(rejected.fault())
                        .isEqualTo(Fault.INCOMPATIBLE_SCHEMA));
    }
}
