package io.tailrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaTextTest {
    private final Map<String, SchemaText> registered = new HashMap<>();
    private final List<String> asked = new ArrayList<>();

    private SchemaText find(SchemaReference reference) {
        asked.add(reference.subject());
        return Objects.requireNonNull(registered.get(reference.subject()), reference.subject());
    }

    private static SchemaReference to(String subject) {
        return new SchemaReference("x." + subject, subject, 1);
    }

    private static String record(String name, String... fieldTypes) {
        List<String> fields = new ArrayList<>();
        for (String type : fieldTypes) {
            fields.add("{\"name\":\"f%d\",\"type\":\"%s\"}".formatted(fields.size(), type));
        }
        return "{\"type\":\"record\",\"name\":\"%s\",\"namespace\":\"x\",\"fields\":[%s]}"
                .formatted(name, String.join(",", fields));
    }

    @Test
    void typesOfReferencedSchemasAreFoundAtAnyDepth() {
        registered.put("City", SchemaText.of(record("City", "string")));
        registered.put("Address", new SchemaText(record("Address", "x.City"), List.of(to("City"))));
        SchemaText person = new SchemaText(record("Person", "Address", "x.City"), List.of(to("Address"), to("City")));

        Schema schema = person.parse(this::find);

        assertThat(schema.getField("f0").schema().getField("f0").schema().getFullName())
                .isEqualTo("x.City");
        assertThat(Schemas.of(schema.toString())).isEqualTo(schema);
        assertThat(asked).containsExactly("Address", "City");
    }

    @Test
    void cycleOfReferencesIsRefused() {
        registered.put("A", new SchemaText(record("A", "x.B"), List.of(to("B"))));
        registered.put("B", new SchemaText(record("B", "x.A"), List.of(to("A"))));

        assertThatExceptionOfType(SchemaParseException.class)
                .isThrownBy(() -> new SchemaText(record("C", "x.A"), List.of(to("A"))).parse(this::find))
                .withMessageContaining("cycle")
                .withMessageContaining("subject B, version 1");
    }

    @Test
    void numberAndDepthOfReferencesAreBounded() {
        registered.put("r0", SchemaText.of(record("r0")));
        for (int i = 1; i <= SchemaText.REFERENCE_DEPTH_MAX; i++) {
            registered.put("r" + i, new SchemaText(record("r" + i, "x.r" + (i - 1)), List.of(to("r" + (i - 1)))));
        }
        List<SchemaReference> many = new ArrayList<>();
        for (int i = 0; i <= SchemaText.REFERENCES_MAX; i++) {
            registered.put("m" + i, SchemaText.of(record("m" + i)));
            many.add(to("m" + i));
        }

        new SchemaText(record("deep"), List.of(to("r" + (SchemaText.REFERENCE_DEPTH_MAX - 1)))).parse(this::find);
        assertThatExceptionOfType(SchemaParseException.class)
                .isThrownBy(() -> new SchemaText(record("deep"), List.of(to("r" + SchemaText.REFERENCE_DEPTH_MAX)))
                        .parse(this::find))
                .withMessageContaining("too many references");
        assertThatExceptionOfType(SchemaParseException.class)
                .isThrownBy(() -> new SchemaText(record("wide"), many).parse(this::find))
                .withMessageContaining("too many references");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "syntax = 'proto3'",
                "{}",
                "[1]",
                "{\"type\":\"record\",\"name\":\"R\"}",
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"Missing\"}]}",
                "\"int\" and more"
            })
    void textThatIsNotAvroIsRefused(String text) {
        assertThatExceptionOfType(SchemaParseException.class).isThrownBy(() -> Schemas.of(text));
    }

    @Test
    void faultOfAReferencedSchemaNamesIt() {
        registered.put("A", SchemaText.of("{}"));

        assertThatExceptionOfType(SchemaParseException.class)
                .isThrownBy(() -> new SchemaText(record("C", "x.A"), List.of(to("A"))).parse(this::find))
                .withMessageStartingWith("subject A, version 1: ");
    }
}
