package io.tailrace.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/** Encodes records as framed Avro, into a buffer that it reuses. Not thread-safe. */
public final class FramedAvroEncoder {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private @Nullable BinaryEncoder encoder;

    /**
     * Encodes a record by its own schema.
     *
     * @param schemaId the id that the registry gave to that schema
     * @throws org.apache.avro.AvroRuntimeException if the record does not match its schema
     */
    public byte[] encode(int schemaId, IndexedRecord value) {
        bytes.reset();
        bytes.writeBytes(Framing.header(schemaId));
        encoder = EncoderFactory.get().binaryEncoder(bytes, encoder);
        try {
            new GenericDatumWriter<IndexedRecord>(value.getSchema()).write(value, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }
}
