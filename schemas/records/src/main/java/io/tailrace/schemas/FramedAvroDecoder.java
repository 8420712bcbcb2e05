package io.tailrace.schemas;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
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
        record Rejected(Fault fault, String reason) implements Decoded {}
    }

    /** What is wrong if a value does not decode. */
    public enum Fault {
        /** The value: it is not framed, or does not match the schema that it names. */
        VALUE,
        /**
         * The registry answers, and does not have the schema that the value names. The value is not framed Avro, or this
         * is another registry than its producer's, or an empty one.
         */
        UNKNOWN_SCHEMA,
        /** The registry has the schema that the value names, but it is not Avro, or its references do not resolve. */
        UNUSABLE_SCHEMA,
        /** The schema that the value names lacks what the reader's schema requires, or has other types. */
        INCOMPATIBLE_SCHEMA
    }

    /** How to read what was written with a schema, and what is at fault if that fails. */
    private record WriterSchema(Schema schema, DatumReader<Object> reader, Fault fault) {}

    private final SchemaRegistryClient registry;
    private final Optional<Schema> readerSchema;
    private final Map<Integer, WriterSchema> writerSchemas = new LinkedHashMap<>();
    private final Map<Integer, Decoded.Rejected> unusableSchemas = new LinkedHashMap<>();
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
            return new Decoded.Rejected(Fault.VALUE, "no value");
        }
        int schemaId;
        try {
            schemaId = Framing.schemaId(value);
        } catch (Framing.NotFramedException e) {
            return new Decoded.Rejected(Fault.VALUE, String.valueOf(e.getMessage()));
        }
        WriterSchema written = writerSchemas.get(schemaId);
        if (written != null) {
            return decode(value, written);
        }
        Decoded.Rejected unusable = unusableSchemas.get(schemaId);
        return unusable != null ? unusable : decodeFirst(value, schemaId);
    }

    /** The schema of an id that a decoded value had; empty if no value with that id was decoded for long. */
    public Optional<Schema> writerSchema(int schemaId) {
        return Optional.ofNullable(writerSchemas.get(schemaId)).map(WriterSchema::schema);
    }

    private Decoded decode(byte[] value, WriterSchema written) {
        int length = value.length - Framing.HEADER_BYTES;
        try {
            reusable = DecoderFactory.get().binaryDecoder(value, Framing.HEADER_BYTES, length, reusable);
            Object decoded = written.reader().read(null, reusable);
            if (!reusable.isEnd()) {
                return new Decoded.Rejected(Fault.VALUE, "bytes are left after the record");
            }
            return new Decoded.Value(decoded);
        } catch (IOException | RuntimeException | StackOverflowError e) {
            // Avro has no one exception for bytes that do not fit.
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            return new Decoded.Rejected(written.fault(), "Avro: " + reason);
        }
    }

    /** Decodes the first value of a schema. */
    private Decoded decodeFirst(byte[] value, int schemaId) {
        if (writerSchemas.size() + unusableSchemas.size() == SCHEMAS_MAX) {
            writerSchemas.clear();
            unusableSchemas.clear();
        }
        try {
            Schema schema = registry.schema(schemaId);
            Schema reader = readerSchema.orElse(schema);
            if (areOfDifferentTypes(schema, reader)) {
                Decoded.Rejected other = new Decoded.Rejected(
                        Fault.INCOMPATIBLE_SCHEMA,
                        "schema " + schemaId + " is of " + schema.getFullName() + ", expected " + reader.getFullName());
                unusableSchemas.put(schemaId, other);
                return other;
            }
            WriterSchema written = new WriterSchema(
                    schema,
                    new GenericDatumReader<>(schema, reader, GenericData.get()),
                    isReadable(schema, reader) ? Fault.VALUE : Fault.INCOMPATIBLE_SCHEMA);
            writerSchemas.put(schemaId, written);
            return decode(value, written);
        } catch (SchemaRegistryException e) {
            // These two are about the record and final. The registry may answer any other request differently later.
            if (e.errorCode() != SchemaRegistryException.SCHEMA_NOT_FOUND
                    && e.errorCode() != SchemaRegistryException.NOT_AVRO) {
                throw e;
            }
            Decoded.Rejected unusable = new Decoded.Rejected(
                    e.isUnknown() ? Fault.UNKNOWN_SCHEMA : Fault.UNUSABLE_SCHEMA,
                    "schema " + schemaId + ": " + e.getMessage());
            unusableSchemas.put(schemaId, unusable);
            return unusable;
        }
    }

    /**
     * Whether the schemas are of records with different names. Avro would read one as the other, and fill each field that only the
     * reader has with its default, often null.
     */
    private static boolean areOfDifferentTypes(Schema writer, Schema reader) {
        return writer.getType() == Schema.Type.RECORD
                && reader.getType() == Schema.Type.RECORD
                && !writer.getName().equals(reader.getName())
                && !reader.getAliases().contains(writer.getFullName());
    }

    /** Whether every sound value of the writer's schema can be read. If not, some may still be, as branches of a union. */
    private static boolean isReadable(Schema writer, Schema reader) {
        try {
            // Fails if a default that is needed does not fit its type.
            DecoderFactory.get().resolvingDecoder(writer, reader, null);
            return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                            .getType()
                    == SchemaCompatibilityType.COMPATIBLE;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            return false;
        }
    }
}
