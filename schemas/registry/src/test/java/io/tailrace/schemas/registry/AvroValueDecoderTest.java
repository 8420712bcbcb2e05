package io.tailrace.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tailrace.cli.ValueDecoder.UnavailableException;
import io.tailrace.schemas.FramedAvroEncoder;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryException;
import io.tailrace.schemas.Schemas;
import java.util.List;
import java.util.OptionalInt;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;

class AvroValueDecoderTest {
    private static final int ID = 7;
    private static final int INVALID_DEFAULT_ID = 8;
    private static final Schema SCHEMA = SchemaBuilder.record("Line")
            .fields()
            .requiredString("line")
            .optionalInt("status")
            .endRecord();

    /** Its default is not a string. */
    private static final Schema INVALID_DEFAULT = Schemas.of("""
            {"type":"record","name":"Old","fields":[
             {"name":"id","type":"long"},{"name":"name","type":"string","default":null}]}""");

    private final AvroValueDecoder decoder = new AvroValueDecoder(new SchemaRegistryClient() {
        @Override
        public int register(String subject, Schema schema) {
            throw new IllegalStateException("not used");
        }

        @Override
        public Schema schema(int id) {
            if (id == INVALID_DEFAULT_ID) {
                return INVALID_DEFAULT;
            }
            if (id != ID) {
                throw new SchemaRegistryException(SchemaRegistryException.NO_ANSWER, "registry is down");
            }
            return SCHEMA;
        }

        @Override
        public OptionalInt latestId(String subject) {
            throw new IllegalStateException("not used");
        }

        @Override
        public List<SubjectVersion> subjectVersions(int id) {
            throw new IllegalStateException("not used");
        }

        @Override
        public OptionalInt latestIdWithDeleted(String subject) {
            throw new IllegalStateException("not used");
        }
    });

    private static byte[] framed(int id) {
        return new FramedAvroEncoder()
                .encode(
                        id,
                        new GenericRecordBuilder(SCHEMA).set("line", "a \"b\"").build());
    }

    @Test
    void framedValueIsShownAsJson() {
        assertThat(decoder.json(framed(ID))).isEqualTo("{\"line\": \"a \\\"b\\\"\", \"status\": null}");
    }

    @Test
    void valueOfASchemaWhoseDefaultDoesNotFitIsShownAsJson() {
        GenericRecord old = new GenericData.Record(INVALID_DEFAULT);
        old.put("id", 1L);
        old.put("name", "one");

        assertThat(decoder.json(new FramedAvroEncoder().encode(INVALID_DEFAULT_ID, old)))
                .isEqualTo("{\"id\": 1, \"name\": \"one\"}");
    }

    @Test
    void valueThatCannotBeShownIsRefusedWithTheReason() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> decoder.json(new byte[] {1, 2}))
                .withMessageContaining("2 bytes");
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> decoder.json(framed(9)))
                .withMessageContaining("registry is down");
    }
}
