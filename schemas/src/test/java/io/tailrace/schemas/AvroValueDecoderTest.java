package io.tailrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalInt;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

class AvroValueDecoderTest {
    private static final int ID = 7;
    private static final Schema SCHEMA = SchemaBuilder.record("Line")
            .fields()
            .requiredString("line")
            .optionalInt("status")
            .endRecord();

    private final AvroValueDecoder decoder = new AvroValueDecoder(new SchemaRegistryClient() {
        @Override
        public int register(String subject, Schema schema) {
            return ID;
        }

        @Override
        public Schema schema(int id) {
            assertThat(id).isEqualTo(ID);
            return SCHEMA;
        }

        @Override
        public OptionalInt latestId(String subject) {
            return OptionalInt.of(ID);
        }
    });

    @Test
    void aFramedValueIsShownByItsSchema() throws IOException {
        GenericRecord record =
                new GenericRecordBuilder(SCHEMA).set("line", "a \"b\"").build();
        assertThat(decoder.json(Framing.frame(ID, avro(record))))
                .isEqualTo("{\"line\": \"a \\\"b\\\"\", \"status\": null}");
    }

    @Test
    void aValueThatIsCutOrNotFramedIsRefused() throws IOException {
        byte[] avro = avro(new GenericRecordBuilder(SCHEMA).set("line", "abc").build());
        byte[] cut = Arrays.copyOf(avro, 2);
        assertThatThrownBy(() -> decoder.json(Framing.frame(ID, cut))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> decoder.json(new byte[] {1, 2}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 bytes");
    }

    private static byte[] avro(GenericRecord record) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }
}
