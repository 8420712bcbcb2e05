package io.tailrace.schemas.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Encodes values as Avro binary so that equal values have equal bytes: the entries of a map are in the order of
 * {@link String#compareTo} of their keys, and each map and array is one block. Any Avro reader reads it.
 *
 * <p>Not thread-safe.
 */
public final class CanonicalEncoder {
    private final SortingWriter writer = new SortingWriter();
    private @Nullable BinaryEncoder encoder;

    private static final class SortingWriter extends GenericDatumWriter<Object> {
        @Override
        @SuppressWarnings("unchecked")
        protected Iterable<Map.Entry<Object, Object>> getMapEntries(Object map) {
            Map<Object, Object> entries = (Map<Object, Object>) map;
            if (entries.size() < 2) {
                return entries.entrySet();
            }
            Map<Object, Object> sorted = new TreeMap<>();
            // Keys that were decoded are Utf8, others are strings.
            entries.forEach((key, value) -> sorted.put(key.toString(), value));
            return sorted.entrySet();
        }
    }

    /**
     * Encodes a value.
     *
     * @throws org.apache.avro.AvroRuntimeException if the value does not match the schema
     */
    public byte[] encode(Schema schema, @Nullable Object value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            encode(schema, value, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    /** As {@link #encode(Schema, Object)}, appending to a stream. */
    public void encode(Schema schema, @Nullable Object value, OutputStream out) throws IOException {
        // Not the blocking encoder, which divides large arrays and maps into blocks.
        BinaryEncoder target = EncoderFactory.get().binaryEncoder(out, encoder);
        // After a failure, bytes of the value are left in the encoder. It would add them to the next value.
        encoder = null;
        writer.setSchema(schema);
        writer.write(value, target);
        target.flush();
        encoder = target;
    }
}
