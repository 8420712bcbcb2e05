package io.tailrace.schemas;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Decodes framed Avro by the schema that each value was written with, and projects it to the reader's schema if there
 * is one. A value that does not decode is a result, not an exception. Not thread-safe.
 */
public final class FramedAvroDecoder {

    /** Schemas cached at once; a producer that makes ids up must not fill the memory. */
    private static final int SCHEMAS_MAX = 1_000;

    static {
        // A length in the bytes may be wrong, and Avro allocates what it says, up to these limits. No value that a
        // broker accepts is larger.
        System.setProperty("org.apache.avro.limits.string.maxLength", "67108864");
        System.setProperty("org.apache.avro.limits.bytes.maxLength", "67108864");
        System.setProperty("org.apache.avro.limits.collectionItems.maxLength", "4194304");
    }

    /** The outcome of decoding a value. */
    public sealed interface Decoded {
        /** The value, of the reader's schema or of the one it was written with. */
        record Value(Object value) implements Decoded {}

        /** The value does not decode, for this reason. */
        record Rejected(String reason) implements Decoded {}
    }

    /** How to read what was written with a schema; without a reader, why nothing can be read. */
    private record WriterSchema(@Nullable DatumReader<Object> reader, String fault) {}

    private final SchemaRegistryClient registry;
    private final Optional<Schema> readerSchema;
    private final Map<Integer, WriterSchema> writerSchemas = new LinkedHashMap<>();
    private @Nullable BinaryDecoder reusable;

    /**
     * A decoder without values yet.
     *
     * @param readerSchema the schema of the results; empty leaves each value in the schema it was written with
     */
    public FramedAvroDecoder(SchemaRegistryClient registry, Optional<Schema> readerSchema) {
        this.registry = registry;
        this.readerSchema = readerSchema;
    }

    /**
     * Decodes a record's value.
     *
     * @throws SchemaRegistryException if the registry cannot be reached, which says nothing about the value
     */
    public Decoded decode(byte @Nullable [] value) {
        if (value == null) {
            return new Decoded.Rejected("no value");
        }
        try {
            WriterSchema written = writerSchema(Framing.schemaId(value));
            return written.reader() == null ? new Decoded.Rejected(written.fault()) : decode(value, written.reader());
        } catch (Framing.NotFramedException e) {
            return new Decoded.Rejected(String.valueOf(e.getMessage()));
        }
    }

    private Decoded decode(byte[] value, DatumReader<Object> reader) {
        int length = value.length - Framing.HEADER_BYTES;
        try {
            reusable = DecoderFactory.get().binaryDecoder(value, Framing.HEADER_BYTES, length, reusable);
            Object decoded = reader.read(null, reusable);
            if (!reusable.isEnd()) {
                return new Decoded.Rejected("bytes are left after the record");
            }
            return new Decoded.Value(decoded);
        } catch (IOException | RuntimeException | StackOverflowError e) {
            // Avro has no one exception for bytes that do not fit: any of these is about the value.
            return new Decoded.Rejected(
                    "Avro: " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
        }
    }

    private WriterSchema writerSchema(int schemaId) {
        WriterSchema known = writerSchemas.get(schemaId);
        if (known != null) {
            return known;
        }
        WriterSchema found = lookUp(schemaId);
        if (writerSchemas.size() == SCHEMAS_MAX) {
            writerSchemas.clear();
        }
        writerSchemas.put(schemaId, found);
        return found;
    }

    private WriterSchema lookUp(int schemaId) {
        try {
            Schema schema = registry.schema(schemaId);
            return new WriterSchema(
                    new GenericDatumReader<>(schema, readerSchema.orElse(schema), GenericData.get()), "");
        } catch (SchemaRegistryException e) {
            // These two are about the record and final. The registry may answer any other request differently later.
            if (e.errorCode() != SchemaRegistryException.SCHEMA_NOT_FOUND
                    && e.errorCode() != SchemaRegistryException.NOT_AVRO) {
                throw e;
            }
            return new WriterSchema(null, "schema " + schemaId + ": " + e.getMessage());
        }
    }
}
