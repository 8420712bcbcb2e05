package io.tailrace.schemas.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Test;

class CanonicalEncoderTest {
    private static final Schema INNER = SchemaBuilder.record("Inner")
            .fields()
            .name("byName")
            .type()
            .map()
            .values()
            .longType()
            .noDefault()
            .endRecord();
    private static final Schema SCHEMA = SchemaBuilder.record("Event")
            .fields()
            .requiredString("line")
            .name("fields")
            .type()
            .map()
            .values(INNER)
            .noDefault()
            .name("numbers")
            .type()
            .array()
            .items()
            .longType()
            .noDefault()
            .endRecord();

    private final CanonicalEncoder encoder = new CanonicalEncoder();

    private static GenericRecord event(List<String> keys, boolean asUtf8) {
        Map<CharSequence, Object> fields = new LinkedHashMap<>();
        for (String key : keys) {
            Map<CharSequence, Long> inner = new LinkedHashMap<>();
            for (String name : keys) {
                inner.put(asUtf8 ? new Utf8(name) : name, (long) name.length());
            }
            fields.put(
                    asUtf8 ? new Utf8(key) : key,
                    new GenericRecordBuilder(INNER).set("byName", inner).build());
        }
        return new GenericRecordBuilder(SCHEMA)
                .set("line", "abc")
                .set("fields", fields)
                .set("numbers", Collections.nCopies(10_000, 300L))
                .build();
    }

    @Test
    void entriesOfMapsAreSortedByKey() {
        Schema map = Schema.createMap(Schema.create(Schema.Type.INT));
        Map<String, Integer> value = new LinkedHashMap<>();
        value.put("b", 1);
        value.put("a", 2);

        assertThat(encoder.encode(map, value)).containsExactly(4, 2, 'a', 4, 2, 'b', 2, 0);
    }

    @Test
    void equalValuesHaveEqualBytes() throws IOException {
        List<String> keys = new ArrayList<>(List.of("status", "size", "ü", "\uD83D\uDE00", "\uFFFD", "", "a", "aa"));
        byte[] bytes = encoder.encode(SCHEMA, event(keys, false));
        Random random = new Random(4);
        for (int round = 0; round < 20; round++) {
            Collections.shuffle(keys, random);
            assertThat(encoder.encode(SCHEMA, event(keys, round % 2 == 0))).isEqualTo(bytes);
        }
        GenericRecord decoded = new GenericDatumReader<GenericRecord>(SCHEMA)
                .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
        assertThat(encoder.encode(SCHEMA, decoded)).isEqualTo(bytes);
    }

    @Test
    void arrayIsOneBlock() {
        Schema array = Schema.createArray(Schema.create(Schema.Type.NULL));

        // 100,000 items, zigzag-encoded, then the end.
        assertThat(encoder.encode(array, Collections.nCopies(100_000, null))).containsExactly(0xc0, 0x9a, 0x0c, 0);
    }

    @Test
    void valueAfterOneThatDoesNotMatchIsWhole() {
        GenericRecord good = event(List.of("a"), false);
        byte[] expected = encoder.encode(SCHEMA, good);
        GenericRecord bad = new GenericData.Record(SCHEMA);
        bad.put("line", "left behind");

        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> encoder.encode(SCHEMA, bad))
                .isInstanceOfAny(AvroRuntimeException.class, NullPointerException.class);
        assertThat(encoder.encode(SCHEMA, good)).isEqualTo(expected);
    }
}
