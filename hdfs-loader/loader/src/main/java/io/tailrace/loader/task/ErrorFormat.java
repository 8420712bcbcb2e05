package io.tailrace.loader.task;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.loader.table.ErrorRow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.RecordConsumer;
import org.jspecify.annotations.Nullable;

/** Rows of the error table, whose bytes are Avro binary of {@link ErrorRow#SCHEMA}. */
final class ErrorFormat implements RowFormat {
    private final GenericDatumWriter<GenericRecord> writer =
            new GenericDatumWriter<>(ErrorRow.SCHEMA, GenericData.get());
    private final GenericDatumReader<GenericRecord> reader =
            new GenericDatumReader<>(ErrorRow.SCHEMA, ErrorRow.SCHEMA, GenericData.get());
    private @Nullable BinaryEncoder encoder;
    private @Nullable BinaryDecoder decoder;

    @Override
    public Schema schema() {
        return ErrorRow.SCHEMA;
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    /** Makes a row the error row of a record. */
    void set(Row row, ConsumerRecord record, String reason) {
        GenericRecord error = ErrorRow.of(record, reason);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            encoder = EncoderFactory.get().binaryEncoder(bytes, encoder);
            writer.write(error, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        row.set(record.offset(), record.timestampMs(), bytes.toByteArray(), bytes.size());
        row.event = error;
    }

    @Override
    public @Nullable String read(Row row) {
        try {
            decoder = DecoderFactory.get().binaryDecoder(row.array(), 0, row.length(), decoder);
            row.event = reader.read(null, decoder);
            return null;
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    @Override
    public void write(Row row, RecordConsumer columns, WriteSupport<GenericRecord> generic) {
        if (row.event instanceof GenericRecord error) {
            generic.write(error);
        }
    }
}
