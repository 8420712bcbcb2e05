package io.tailrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tailrace.schemas.FramedAvroDecoder.Decoded;
import io.tailrace.schemas.FramedAvroDecoder.Fault;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;

class FramedAvroTest {
    private static final int ID = 0x01020304;
    private static final Schema WRITER = SchemaBuilder.record("Line")
            .fields()
            .requiredString("line")
            .optionalInt("status")
            .endRecord();
    private static final Schema READER = SchemaBuilder.record("Line")
            .fields()
            .name("host")
            .type()
            .stringType()
            .stringDefault("unknown")
            .requiredString("line")
            .endRecord();
    private static final GenericRecord RECORD = new GenericRecordBuilder(WRITER)
            .set("line", "abc")
            .set("status", 200)
            .build();

    private final Registry registry = new Registry();
    private final FramedAvroDecoder decoder = new FramedAvroDecoder(registry, Optional.empty());

    /** Answers with a schema, or an exception, for each id. */
    private static final class Registry implements SchemaRegistryClient {
        private final Map<Integer, Schema> schemas = new HashMap<>(Map.of(ID, WRITER));
        private int errorCode = SchemaRegistryException.SCHEMA_NOT_FOUND;
        private int requests;

        @Override
        public int register(String subject, Schema schema) {
            throw new IllegalStateException("not used");
        }

        @Override
        public Schema schema(int id) {
            requests++;
            Schema schema = schemas.get(id);
            if (schema == null) {
                throw new SchemaRegistryException(errorCode, "no schema here");
            }
            return schema;
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
    }

    private static byte[] framed(int id) {
        return new FramedAvroEncoder().encode(id, RECORD);
    }

    private String reason(byte[] value) {
        return ((Decoded.Rejected) decoder.decode(value)).reason();
    }

    @Test
    void headerIsAZeroAndTheIdInBigEndian() {
        FramedAvroEncoder encoder = new FramedAvroEncoder();

        assertThat(encoder.encode(ID, RECORD)).startsWith(0, 1, 2, 3, 4, 6, 'a', 'b', 'c');
        assertThat(encoder.encode(5, RECORD)).startsWith(0, 0, 0, 0, 5, 6, 'a', 'b', 'c');
    }

    @Test
    void recordAfterOneThatDoesNotMatchItsSchemaIsWhole() {
        FramedAvroEncoder encoder = new FramedAvroEncoder();
        GenericRecord bad = new GenericData.Record(READER);
        bad.put("host", "left behind");

        assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> encoder.encode(ID, bad));
        assertThat(encoder.encode(ID, RECORD)).isEqualTo(framed(ID));
    }

    @Test
    void valueIsDecodedByTheSchemaItWasWrittenWith() {
        assertThat(decoder.decode(framed(ID))).isEqualTo(new Decoded.Value(RECORD));
        decoder.decode(framed(ID));
        assertThat(registry.requests).isEqualTo(1);
    }

    @Test
    void valueIsProjectedToTheReadersSchema() {
        FramedAvroDecoder projecting = new FramedAvroDecoder(registry, Optional.of(READER));

        GenericRecord decoded = (GenericRecord) ((Decoded.Value) projecting.decode(framed(ID))).value();

        assertThat(decoded).hasToString("{\"host\": \"unknown\", \"line\": \"abc\"}");
    }

    @Test
    void valueThatDoesNotDecodeIsRejectedWithTheReason() {
        byte[] framed = framed(ID);

        assertThat(decoder.decode(null)).isEqualTo(new Decoded.Rejected(Fault.VALUE, "no value"));
        assertThat(reason(new byte[4])).contains("4 bytes: expected at least 5");
        assertThat(reason(new byte[] {'{', 0, 0, 0, 1})).contains("0x7B: expected 0x00");
        assertThat(reason(Arrays.copyOf(framed, framed.length - 1))).startsWith("Avro: ");
        assertThat(reason(Arrays.copyOf(framed, framed.length + 1))).isEqualTo("bytes are left after the record");
        assertThat(reason(framed(9))).isEqualTo("schema 9: no schema here");
        assertThat(((Decoded.Rejected) decoder.decode(framed(9))).fault()).isEqualTo(Fault.UNKNOWN_SCHEMA);
    }

    @Test
    void unreachableRegistryIsAnExceptionAndIsAskedAgain() {
        registry.errorCode = SchemaRegistryException.NO_ANSWER;
        assertThatExceptionOfType(SchemaRegistryException.class).isThrownBy(() -> decoder.decode(framed(9)));

        registry.schemas.put(9, WRITER);
        assertThat(decoder.decode(framed(9))).isEqualTo(new Decoded.Value(RECORD));
    }
}
