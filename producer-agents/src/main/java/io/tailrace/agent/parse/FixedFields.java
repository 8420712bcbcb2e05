package io.tailrace.agent.parse;

import io.tailrace.agent.encode.RecordWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Fields that are the same in every record of a source. They replace fields of a line that have the same name. Immutable. */
final class FixedFields {
    private final Map<String, String> fields;
    private final byte[][] namesAndValues;

    FixedFields(Map<String, String> fields) {
        this.fields = new TreeMap<>(fields);
        namesAndValues = new byte[2 * fields.size()][];
        int at = 0;
        for (Map.Entry<String, String> field : this.fields.entrySet()) {
            namesAndValues[at++] = field.getKey().getBytes(StandardCharsets.UTF_8);
            namesAndValues[at++] = field.getValue().getBytes(StandardCharsets.UTF_8);
        }
    }

    Map<String, String> asMap() {
        return fields;
    }

    /** Writes a map of nothing but these fields. */
    void write(RecordWriter out) {
        out.beginMap(namesAndValues.length / 2);
        for (byte[] text : namesAndValues) {
            out.text(text, 0, text.length);
        }
        out.endMap();
    }
}
