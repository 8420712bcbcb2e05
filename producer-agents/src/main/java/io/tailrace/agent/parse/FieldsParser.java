package io.tailrace.agent.parse;

import io.tailrace.agent.encode.RecordWriter;
import io.tailrace.schemas.Schemas;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** A format whose lines have named fields, one of which may be the event time. The record keeps the whole line, too. */
abstract class FieldsParser implements LineParser {
    /** Stands for half of a surrogate pair, which UTF-8 does not have. */
    static final char REPLACEMENT = '\ufffd';

    private final Optional<TimeField> time;
    private final FixedFields fixed;

    FieldsParser(Optional<TimeField> time, FixedFields fixed) {
        this.time = time;
        this.fixed = fixed;
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
        fields.putAll(fixed.asMap());
        out.text(utf8, from, to);
        out.map(areWellFormed(fields) ? fields : wellFormed(fields));
        return null;
    }

    private static boolean areWellFormed(Map<String, String> fields) {
        for (Map.Entry<String, String> field : fields.entrySet()) {
            if (!isWellFormed(field.getKey()) || !isWellFormed(field.getValue())) {
                return false;
            }
        }
        return true;
    }

    /** Whether every surrogate has its other half: escapes of JSON may name one alone. */
    private static boolean isWellFormed(String text) {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (Character.isSurrogate(c)) {
                boolean isPair = at + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(at + 1));
                if (!isPair) {
                    return false;
                }
                at++;
            }
        }
        return true;
    }

    private static Map<String, String> wellFormed(Map<String, String> fields) {
        Map<String, String> result = new HashMap<>();
        // In the order of the names, so that the same line always gives the same record.
        new TreeMap<>(fields).forEach((name, value) -> result.put(wellFormed(name), wellFormed(value)));
        return result;
    }

    private static String wellFormed(String text) {
        StringBuilder result = new StringBuilder();
        text.codePoints()
                .forEach(point -> result.appendCodePoint(
                        point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? REPLACEMENT : point));
        return result.toString();
    }
}
