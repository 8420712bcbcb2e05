package io.tailrace.agent.parse;

import io.tailrace.agent.encode.Origin;
import io.tailrace.agent.encode.RecordWriter;
import io.tailrace.schemas.Framing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * What a parser makes of a line.
 *
 * @param value the record, decoded; null if the line was rejected
 * @param rejection why it was rejected, else null
 */
public record ParsedLine(
        @Nullable GenericRecord value, @Nullable String rejection) {
    private static final Origin ORIGIN = new Origin("host1", "/log", "id");

    public static ParsedLine of(LineParser parser, String line, long readMs) {
        byte[] utf8 = ("before" + line + "after").getBytes(StandardCharsets.UTF_8);
        RecordWriter out = new RecordWriter();
        out.begin(Framing.header(1), ORIGIN, 3);
        String rejection = parser.parse(utf8, "before".length(), utf8.length - "after".length(), readMs, out);
        return new ParsedLine(rejection == null ? decode(parser, out) : null, rejection);
    }

    private static GenericRecord decode(LineParser parser, RecordWriter out) {
        int header = Framing.HEADER_BYTES;
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(out.bytes(), header, out.size() - header, null);
        try {
            GenericRecord value = new GenericDatumReader<GenericRecord>(parser.schema()).read(null, decoder);
            if (!decoder.isEnd()) {
                throw new AssertionError("bytes are left after " + value);
            }
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The record; the line must not be rejected. */
    public GenericRecord accepted() {
        if (value == null) {
            throw new AssertionError("rejected: " + rejection);
        }
        return value;
    }

    /** A field of the record as text; null if it is null. */
    public @Nullable String text(String field) {
        Object found = accepted().get(field);
        return found == null ? null : found.toString();
    }

    /** The field {@code fields}. */
    public Map<String, String> fields() {
        Map<String, String> fields = new HashMap<>();
        ((Map<?, ?>) accepted().get("fields")).forEach((name, found) -> fields.put(name.toString(), found.toString()));
        return fields;
    }
}
