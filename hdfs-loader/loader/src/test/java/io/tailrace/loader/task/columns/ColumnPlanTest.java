package io.tailrace.loader.task.columns;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.loader.run.AccessLog;
import io.tailrace.loader.table.RowMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.avro.AvroSchemaConverter;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the rows that plans write with those of Avro's reader, over random schemas, versions of them, and values. */
class ColumnPlanTest {
    private static final int SCHEMA_ID = 7;
    private static final int SCHEMAS = 40;
    private static final int VALUES = 10;
    private static final ConsumerRecord RECORD = new ConsumerRecord(AccessLog.P1, 42, 0, null, null, List.of());

    @TempDir
    private Path dir = Path.of("");

    private int files;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void writesTheRowsOfAvrosReader(long seed) throws IOException {
        RandomSchemas random = new RandomSchemas(seed);
        int compared = 0;
        for (int i = 0; i < SCHEMAS; i++) {
            Schema writer = random.record();
            Schema reader = i % 3 == 0 ? writer : random.evolve(writer);
            Pair pair = new Pair(writer, reader);
            List<byte[]> sound = new ArrayList<>();
            for (int j = 0; j < VALUES; j++) {
                byte[] value = encode(writer, random.value(writer), j % 2 == 0);
                for (byte[] damaged : random.damaged(value)) {
                    if (pair.accepts(damaged)) {
                        sound.add(damaged);
                    }
                }
                if (pair.decode(value).isPresent()) {
                    assertThat(pair.accepts(value))
                            .as("%s read as %s", writer, reader)
                            .isTrue();
                    sound.add(value);
                }
            }
            assertThat(pair.rowsOfPlan(sound))
                    .as("seed %d, %s read as %s", seed, writer, reader)
                    .isEqualTo(pair.rowsOfReader(sound));
            compared += sound.size();
        }
        assertThat(compared).isGreaterThan(SCHEMAS * VALUES / 2);
    }

    @Test
    void writesEventsThatAreNotRecords() throws IOException {
        Schema schema = SchemaBuilder.nullable().stringType();
        Pair pair = new Pair(schema, schema);
        List<byte[]> values = List.of(encode(schema, "text", false), encode(schema, null, false));

        assertThat(values).allMatch(pair::accepts);
        assertThat(pair.rowsOfPlan(values)).isEqualTo(pair.rowsOfReader(values));
    }

    @Test
    void leavesWhatItDoesNotWriteToAvrosReader() {
        Schema union = SchemaBuilder.record("R")
                .fields()
                .name("u")
                .type()
                .unionOf()
                .intType()
                .and()
                .stringType()
                .endUnion()
                .noDefault()
                .endRecord();
        Schema recursive = new Schema.Parser()
                .parse(
                        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"next\",\"type\":[\"null\",\"R\"]}]}");
        Schema removed = SchemaBuilder.record("R").fields().requiredInt("a").endRecord();
        Schema missing = SchemaBuilder.record("R").fields().requiredInt("b").endRecord();

        assertThat(plan(union, union, union)).isEmpty();
        assertThat(plan(recursive, recursive, recursive)).isEmpty();
        assertThat(plan(removed, missing, missing)).isEmpty();
    }

    @Test
    void leavesColumnsOfAnotherTypeThanTheFieldToAvrosReader() {
        Schema event = SchemaBuilder.record("R").fields().requiredInt("a").endRecord();
        Schema row = SchemaBuilder.record("R").fields().requiredString("a").endRecord();

        assertThat(plan(event, event, event)).isPresent();
        assertThat(plan(event, event, row)).isEmpty();
    }

    @Test
    void leavesMapsWithAKeyTwiceToAvrosReader() throws IOException {
        Schema schema = SchemaBuilder.record("R")
                .fields()
                .name("m")
                .type()
                .map()
                .values()
                .intType()
                .noDefault()
                .endRecord();
        Pair pair = new Pair(schema, schema);

        assertThat(pair.accepts(new byte[] {4, 2, 'a', 2, 2, 'b', 2, 0})).isTrue();
        assertThat(pair.accepts(new byte[] {4, 2, 'a', 2, 2, 'a', 2, 0})).isFalse();
    }

    private static Optional<ColumnPlan> plan(Schema writer, Schema reader, Schema row) {
        return ColumnPlan.of(
                new ColumnPlan.Schemas(writer, reader, row),
                new ColumnPlan.Marked(-1, -1),
                ColumnPlanTest::writeRowColumns);
    }

    private static void writeRowColumns(int index, long offset, RecordConsumer out) {
        out.startField(RowMapper.TOPIC, index);
        out.addBinary(org.apache.parquet.io.api.Binary.fromString(AccessLog.TOPIC));
        out.endField(RowMapper.TOPIC, index);
        out.startField(RowMapper.PARTITION, index + 1);
        out.addInteger(1);
        out.endField(RowMapper.PARTITION, index + 1);
        out.startField(RowMapper.OFFSET, index + 2);
        out.addLong(offset);
        out.endField(RowMapper.OFFSET, index + 2);
        out.startField(RowMapper.SCHEMA, index + 3);
        out.addInteger(SCHEMA_ID);
        out.endField(RowMapper.SCHEMA, index + 3);
    }

    private static byte[] encode(Schema schema, @Nullable Object value, boolean inBlocks) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = inBlocks
                ? new EncoderFactory().configureBlockSize(64).blockingBinaryEncoder(bytes, null)
                : EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<>(schema).write(value, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    /** A writer's schema, a reader's, and both ways to read. */
    private final class Pair {
        private final GenericDatumReader<Object> reference;
        private final RowMapper mapper;
        private final Optional<ColumnPlan> plan;

        Pair(Schema writer, Schema reader) {
            reference = new GenericDatumReader<>(writer, reader, GenericData.get());
            mapper = new RowMapper(reader, "");
            plan = plan(writer, reader, mapper.rowSchema());
        }

        /** Whether the plan accepts a value; then Avro's reader does, too. */
        boolean accepts(byte[] value) {
            boolean accepts = plan.orElseThrow().check(value, 0, value.length);
            if (accepts) {
                assertThat(decode(value)).isPresent();
            }
            return accepts;
        }

        Optional<Object> decode(byte[] value) {
            try {
                BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(value, null);
                Object event = reference.read(null, decoder);
                return decoder.isEnd() ? Optional.of(event == null ? "null" : event) : Optional.empty();
            } catch (IOException | RuntimeException e) {
                return Optional.empty();
            }
        }

        List<GenericRecord> rowsOfReader(List<byte[]> values) throws IOException {
            List<GenericRecord> rows = new ArrayList<>();
            for (byte[] value : values) {
                Object event = reference.read(null, DecoderFactory.get().binaryDecoder(value, null));
                rows.add(mapper.row(event, SCHEMA_ID, RECORD));
            }
            return written(rows, (row, columns, generic) -> generic.write(row));
        }

        List<GenericRecord> rowsOfPlan(List<byte[]> values) throws IOException {
            return written(values, (value, columns, generic) -> {
                assertThat(plan.orElseThrow().check(value, 0, value.length)).isTrue();
                plan.orElseThrow().write(RECORD.offset(), columns);
            });
        }

        private <T> List<GenericRecord> written(List<T> rows, Write<T> write) throws IOException {
            Path file = dir.resolve(files++ + ".parquet");
            try (ParquetWriter<T> writer = new Builder<>(new LocalOutputFile(file), mapper.rowSchema(), write)
                    .withCompressionCodec(CompressionCodecName.UNCOMPRESSED)
                    .build()) {
                for (T row : rows) {
                    writer.write(row);
                }
            }
            List<GenericRecord> read = new ArrayList<>();
            var input = HadoopInputFile.fromPath(new org.apache.hadoop.fs.Path(file.toUri()), new Configuration());
            try (ParquetReader<GenericRecord> reader = AvroParquetReader.<GenericRecord>builder(input)
                    .withDataModel(GenericData.get())
                    .build()) {
                for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
                    read.add(row);
                }
            }
            return read;
        }
    }

    @FunctionalInterface
    private interface Write<T> {
        void write(T row, RecordConsumer columns, AvroWriteSupport<GenericRecord> generic);
    }

    private static final class Builder<T> extends ParquetWriter.Builder<T, Builder<T>> {
        private final AvroWriteSupport<GenericRecord> generic;
        private final Write<T> write;

        Builder(OutputFile file, Schema schema, Write<T> write) {
            super(file);
            Configuration conf = new Configuration(false);
            conf.setBoolean(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, false);
            withConf(conf);
            this.generic =
                    new AvroWriteSupport<>(new AvroSchemaConverter(conf).convert(schema), schema, GenericData.get());
            this.write = write;
        }

        @Override
        protected Builder<T> self() {
            return this;
        }

        @Override
        @SuppressWarnings("deprecation") // Abstract in the builder, so it must be there.
        protected WriteSupport<T> getWriteSupport(Configuration conf) {
            return new WriteSupport<>() {
                private @Nullable RecordConsumer columns;

                @Override
                @SuppressWarnings("deprecation") // Abstract in WriteSupport, so it must be there.
                public WriteContext init(Configuration configuration) {
                    return generic.init(configuration);
                }

                @Override
                public void prepareForWrite(RecordConsumer consumer) {
                    columns = consumer;
                    generic.prepareForWrite(consumer);
                }

                @Override
                public void write(T row) {
                    write.write(row, Objects.requireNonNull(columns), generic);
                }
            };
        }
    }
}
