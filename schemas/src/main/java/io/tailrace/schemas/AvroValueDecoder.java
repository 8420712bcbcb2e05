package io.tailrace.schemas;

import io.tailrace.cli.ValueDecoder;
import io.tailrace.schemas.Framing.NotFramedException;
import java.io.IOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;

/** Shows framed Avro values as JSON, by the schema that each was written with. Thread-safe. */
final class AvroValueDecoder implements ValueDecoder {
    private final SchemaRegistryClient registry;

    AvroValueDecoder(SchemaRegistryClient registry) {
        this.registry = registry;
    }

    @Override
    public String json(byte[] value) {
        try {
            GenericDatumReader<Object> reader = new GenericDatumReader<>(registry.schema(Framing.schemaId(value)));
            int header = Framing.HEADER_BYTES;
            return reader.getData()
                    .toString(reader.read(
                            null, DecoderFactory.get().binaryDecoder(value, header, value.length - header, null)));
        } catch (NotFramedException | SchemaRegistryException | IOException | AvroRuntimeException e) {
            throw new IllegalArgumentException("not a record of this registry: " + e.getMessage(), e);
        }
    }
}
