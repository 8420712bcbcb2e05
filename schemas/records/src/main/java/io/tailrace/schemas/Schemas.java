package io.tailrace.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.avro.Schema;

/**
 * The schemas of the records that agents send, parsed from this module's {@code .avsc} files. Immutable.
 *
 * <p>A field with a default may be added. No field may be removed, so that what is in Hive stays readable.
 */
public final class Schemas {
    public static final Schema ACCESS_LOG_EVENT = parse("AccessLogEvent");
    public static final Schema RAW_LINE = parse("RawLine");
    public static final Schema DEAD_LETTER = parse("DeadLetter");
    public static final Schema AUDIT_COUNT = parse("AuditCount");
    public static final Schema AUDIT_PROGRESS = parse("AuditProgress");

    private Schemas() {}

    /**
     * Parses a schema that refers to no other. A default that does not fit its type is accepted, because it only matters to
     * a reader whose writer lacks the field.
     *
     * @throws org.apache.avro.SchemaParseException if the text is not an Avro schema
     */
    public static Schema of(String json) {
        return SchemaText.of(json).parse(reference -> {
            throw new IllegalStateException("a schema without references has " + reference);
        });
    }

    private static Schema parse(String name) {
        String file = name + ".avsc";
        try (InputStream in = Schemas.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing beside " + Schemas.class.getName());
            }
            return new Schema.Parser().parse(in);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
