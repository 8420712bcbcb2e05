package io.tailrace.loader;

import io.tailrace.schemas.Framing;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Decodes framed Avro, and projects it from the schema it was written with to the reader's. What does not decode is
 * an answer, not an error. Used by one thread.
 */
final class RecordDecoder {

    /** Schemas held at once; a producer of made-up ids must not fill the memory. */
    private static final int SCHEMAS_MAX = 1_000;

    static {
        // A length in the bytes may lie. Avro allocates what it says, up to these; nothing sent by way of a broker is
        // larger.
        System.setProperty("org.apache.avro.limits.string.maxLength", "67108864");
        System.setProperty("org.apache.avro.limits.bytes.maxLength", "67108864");
        System.setProperty("org.apache.avro.limits.collectionItems.maxLength", "4194304");
    }

    /** What became of a value. */
    sealed interface Decoded {
        /** An event of the reader's schema. */
        record Event(Object value) implements Decoded {}

        /** No event, and why. */
        record Rejected(String reason) implements Decoded {}
    }

    /** How to read what a schema wrote, or, without a reader, why that is not known. */
    private record Writer(@Nullable DatumReader<Object> reader, String fault) {}

    private final SchemaRegistryClient registry;
    private final Schema reader;
    private final Map<Integer, Writer> writers = new HashMap<>();
    private @Nullable BinaryDecoder reusable;

    RecordDecoder(SchemaRegistryClient registry, Schema reader) {
        this.registry = registry;
        this.reader = reader;
    }

    /**
     * Decodes a record's value.
     *
     * @throws SchemaRegistryException when the registry cannot be asked: that says nothing about the value
     */
    Decoded decode(byte @Nullable [] value) {
        if (value == null) {
            return new Decoded.Rejected("no value");
        }
        try {
            Writer writer = writer(Framing.schemaId(value));
            return writer.reader() == null ? new Decoded.Rejected(writer.fault()) : decode(value, writer.reader());
        } catch (Framing.NotFramedException e) {
            return new Decoded.Rejected(String.valueOf(e.getMessage()));
        }
    }

    private Decoded decode(byte[] value, DatumReader<Object> avro) {
        int length = value.length - Framing.HEADER_BYTES;
        try {
            reusable = DecoderFactory.get().binaryDecoder(value, Framing.HEADER_BYTES, length, reusable);
            Object event = avro.read(null, reusable);
            if (!reusable.isEnd()) {
                return new Decoded.Rejected("bytes are left after the record");
            }
            return new Decoded.Event(event);
        } catch (IOException | RuntimeException | StackOverflowError e) {
            // Avro meets bytes that lie with whatever it stumbles over: all of these are about the value.
            return new Decoded.Rejected(
                    "Avro: " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
        }
    }

    private Writer writer(int schemaId) {
        Writer known = writers.get(schemaId);
        if (known != null) {
            return known;
        }
        if (writers.size() == SCHEMAS_MAX) {
            writers.clear();
        }
        Writer found = lookUp(schemaId);
        writers.put(schemaId, found);
        return found;
    }

    private Writer lookUp(int schemaId) {
        try {
            Schema schema = registry.schema(schemaId);
            return new Writer(new GenericDatumReader<>(schema, reader, GenericData.get()), "");
        } catch (SchemaRegistryException e) {
            // Only these are about the record. Whatever else the registry says, another answer may come later.
            if (e.errorCode() != SchemaRegistryException.SCHEMA_NOT_FOUND
                    && e.errorCode() != SchemaRegistryException.NO_AVRO) {
                throw e;
            }
            return new Writer(null, "schema " + schemaId + ": " + e.getMessage());
        }
    }
}
