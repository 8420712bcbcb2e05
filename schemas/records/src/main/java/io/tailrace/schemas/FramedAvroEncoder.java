package io.tailrace.schemas;

import io.tailrace.schemas.audit.CanonicalEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.generic.IndexedRecord;

/**
 * Encodes records as framed Avro, canonically ({@link CanonicalEncoder}), into a buffer that it reuses. Not thread-safe.
 */
public final class FramedAvroEncoder {
    /** Length of the header, and so the position of the Avro binary. */
    public static final int HEADER_BYTES = Framing.HEADER_BYTES;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CanonicalEncoder encoder = new CanonicalEncoder();

    /**
     * Encodes a record by its own schema.
     *
     * @param schemaId the id that the registry gave to that schema
     * @throws org.apache.avro.AvroRuntimeException if the record does not match its schema
     */
    public byte[] encode(int schemaId, IndexedRecord value) {
        bytes.reset();
        bytes.writeBytes(Framing.header(schemaId));
        try {
            encoder.encode(value.getSchema(), value, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }
}
