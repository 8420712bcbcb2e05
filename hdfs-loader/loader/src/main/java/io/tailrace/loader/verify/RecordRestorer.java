package io.tailrace.loader.verify;

import io.tailrace.schemas.audit.CanonicalEncoder;
import io.tailrace.schemas.audit.ContentHash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Resolver;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.jspecify.annotations.Nullable;

/**
 * Gives events the bytes that their records had, in the schema they were written with and in the canonical encoding. Not
 * thread-safe.
 */
final class RecordRestorer {
    private final Schema writer;
    private final Restoration restoration;
    private final CanonicalEncoder encoder = new CanonicalEncoder();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private RecordRestorer(Schema writer, Restoration restoration) {
        this.writer = writer;
        this.restoration = restoration;
    }

    /**
     * Makes a restorer of records.
     *
     * @param writer the schema that they were written with
     * @param event the schema that they were read with
     */
    static RecordRestorer of(Schema writer, Schema event) {
        // As Avro's reader does. Names are not in the encoding.
        Schema named = Schema.applyAliases(writer, event);
        try {
            return new RecordRestorer(
                    named, new RestorationCompiler().of(Resolver.resolve(named, event, GenericData.get()), ""));
        } catch (AvroRuntimeException | StackOverflowError e) {
            return lost("its schema is not understood: " + e.getMessage());
        }
    }

    /** Makes a restorer of records that cannot be restored. */
    static RecordRestorer lost(String reason) {
        return new RecordRestorer(Schema.create(Schema.Type.NULL), Restoration.lost(reason));
    }

    /** Returns the hash of an event's record. */
    ContentHash hash(@Nullable Object event) throws AlteredValueException, LostValueException {
        return ContentHash.of(bytes(event));
    }

    /** Returns the bytes of an event's record, without their frame. */
    byte[] bytes(@Nullable Object event) throws AlteredValueException, LostValueException {
        Object record = restoration.of(event);
        bytes.reset();
        try {
            encoder.encode(writer, record, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }
}
