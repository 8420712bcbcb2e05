package io.tailrace.agent.parse;

import io.tailrace.agent.encode.RecordWriter;
import io.tailrace.schemas.Schemas;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** A format whose lines have named fields, one of which may be the event time. The record keeps the whole line, too. */
abstract class FieldsParser implements LineParser {
    private final Optional<TimeField> time;

    FieldsParser(Optional<TimeField> time) {
        this.time = time;
    }

    /**
     * Finds the fields of a line.
     *
     * @param fields receives them
     * @return null, or why the line does not have the format
     */
    abstract @Nullable String fields(String line, Map<String, String> fields);

    @Override
    public final Schema schema() {
        return Schemas.RAW_LINE;
    }

    @Override
    public final @Nullable String parse(byte[] utf8, int from, int to, long readMs, RecordWriter out) {
        Map<String, String> fields = new HashMap<>();
        String rejection = fields(new String(utf8, from, to - from, StandardCharsets.UTF_8), fields);
        if (rejection != null) {
            return rejection;
        }
        if (time.isEmpty()) {
            out.eventTime(readMs);
        } else {
            TimeField.Outcome outcome = time.get().timeOf(fields);
            if (outcome.rejection() != null) {
                return outcome.rejection();
            }
            out.eventTime(outcome.ms());
        }
        out.text(utf8, from, to);
        out.map(fields);
        return null;
    }
}
