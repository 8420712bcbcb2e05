package io.tailrace.schemas.registry;

import io.tailrace.cli.ValueDecoder;
import io.tailrace.schemas.FramedAvroDecoder;
import io.tailrace.schemas.FramedAvroDecoder.Decoded;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryException;
import java.util.Optional;
import org.apache.avro.generic.GenericData;

/** Shows framed Avro values as JSON. Not thread-safe. */
final class AvroValueDecoder implements ValueDecoder {
    private final FramedAvroDecoder decoder;

    AvroValueDecoder(SchemaRegistryClient registry) {
        decoder = new FramedAvroDecoder(registry, Optional.empty());
    }

    @Override
    public String json(byte[] value) {
        try {
            Decoded decoded = decoder.decode(value);
            if (decoded instanceof Decoded.Value avro) {
                return GenericData.get().toString(avro.value());
            }
            throw new IllegalArgumentException(((Decoded.Rejected) decoded).reason());
        } catch (SchemaRegistryException e) {
            throw new UnavailableException(e);
        }
    }
}
