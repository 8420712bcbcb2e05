package io.tailrace.loader.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.loader.run.AccessLog;
import io.tailrace.loader.table.RefusedSchemaException;
import io.tailrace.loader.table.RowFileBuilder;
import io.tailrace.loader.table.RowMapper;
import io.tailrace.loader.table.TableSchema;
import io.tailrace.loader.task.columns.RandomSchemas;
import io.tailrace.schemas.Schemas;
import io.tailrace.schemas.audit.CanonicalEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.avro.AvroReadSupport;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.LocalOutputFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordRestorerTest {
    private static final ConsumerRecord RECORD = new ConsumerRecord(AccessLog.P1, 42, 0, null, null, List.of());
    private static final int SCHEMAS = 60;
    private static final int VALUES = 5;

    private final CanonicalEncoder encoder = new CanonicalEncoder();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void rowsOfAFileGiveTheBytesOfTheirRecords(long seed, @TempDir Path dir) throws Exception {
        RandomSchemas random = new RandomSchemas(seed);
        int restored = 0;
        for (int i = 0; i < SCHEMAS; i++) {
            Schema writer = random.record();
            Schema reader = i % 3 == 0 ? writer : random.evolve(writer);
            Schema event = Objects.requireNonNull(TableSchema.of("t", reader).event());
            List<byte[]> sent = new ArrayList<>();
            List<Object> events = new ArrayList<>();
            for (int j = 0; j < VALUES; j++) {
                byte[] value = encoder.encode(writer, random.value(writer));
                Object decoded = decode(writer, event, value);
                if (decoded != null) {
                    sent.add(value);
                    events.add(decoded);
                }
            }
            List<Object> stored = stored(event, events, dir.resolve(i + ".parquet"));
            RecordRestorer restorer = RecordRestorer.of(writer, event);
            for (int j = 0; j < sent.size(); j++) {
                try {
                    assertThat(restorer.bytes(stored.get(j)))
                            .as("seed %d, %s read as %s", seed, writer, event)
                            .isEqualTo(sent.get(j));
                    restored++;
                } catch (LostValueException e) {
                    assertThat(i % 3).as("%s of %s", e.getMessage(), writer).isNotZero();
                }
            }
        }
        assertThat(restored).isGreaterThan(SCHEMAS * VALUES / 2);
    }

    private static @Nullable Object decode(Schema writer, Schema event, byte[] value) {
        try {
            return new GenericDatumReader<>(writer, event, GenericData.get())
                    .read(null, DecoderFactory.get().binaryDecoder(value, null));
        } catch (IOException | AvroRuntimeException e) {
            return null;
        }
    }

    /** Writes events to a file, and returns them as they are read from it. */
    private static List<Object> stored(Schema event, List<Object> events, Path file) throws IOException {
        RowMapper mapper = new RowMapper(event, "");
        try (ParquetWriter<GenericRecord> writer =
                new RowFileBuilder(new LocalOutputFile(file), mapper.rowSchema()).build()) {
            for (Object each : events) {
                writer.write(mapper.row(each, 7, RECORD));
            }
        }
        Configuration conf = new Configuration(false);
        AvroReadSupport.setAvroReadSchema(conf, mapper.rowSchema());
        List<Object> stored = new ArrayList<>();
        try (ParquetReader<GenericRecord> reader = AvroParquetReader.<GenericRecord>builder(new LocalInputFile(file))
                .withDataModel(GenericData.get())
                .withConf(conf)
                .build()) {
            for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
                stored.add(Objects.requireNonNull(mapper.event(row)));
            }
        }
        return stored;
    }

    private static Schema record(String fields) {
        return Schemas.of("{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + fields + "]}");
    }

    private static Schema field(String type) {
        return record("{\"name\":\"f\",\"type\":" + type + "}");
    }

    private static GenericRecord event(Schema schema, @Nullable Object... values) {
        GenericRecord event = new GenericData.Record(schema);
        for (int i = 0; i < values.length; i++) {
            event.put(i, values[i]);
        }
        return event;
    }

    private void restores(String writerType, String readerType, Object written, Object read) throws Exception {
        Schema writer = field(writerType);
        Schema reader = field(readerType);
        assertThat(RecordRestorer.of(writer, reader).bytes(event(reader, read)))
                .isEqualTo(encoder.encode(writer, event(writer, written)));
    }

    private static void isLost(String writerType, String readerType, Object read) {
        Schema reader = field(readerType);
        assertThatThrownBy(() -> RecordRestorer.of(field(writerType), reader).bytes(event(reader, read)))
                .isInstanceOf(LostValueException.class)
                .hasMessageContaining("field f");
    }

    private static void isAltered(String writerType, String readerType, @Nullable Object read) {
        Schema reader = field(readerType);
        assertThatThrownBy(() -> RecordRestorer.of(field(writerType), reader).bytes(event(reader, read)))
                .isInstanceOf(AlteredValueException.class)
                .hasMessageContaining("field f");
    }

    @Test
    void narrowsPromotedNumbers() throws Exception {
        restores("\"int\"", "\"long\"", -5, -5L);
        restores("\"long\"", "\"double\"", 1L << 52, (double) (1L << 52));
        restores("\"float\"", "\"double\"", 0.1f, (double) 0.1f);
        restores("\"int\"", "\"float\"", 0, 0f);

        isAltered("\"int\"", "\"long\"", 1L << 31);
        isAltered("\"int\"", "\"float\"", -0f);
        isAltered("\"int\"", "\"double\"", 1.5);
        isAltered("\"float\"", "\"double\"", 0.1);
        isAltered("\"int\"", "[\"null\",\"int\"]", null);
    }

    @Test
    void doesNotGuessDigitsThatAPromotionLost() {
        isLost("\"int\"", "\"float\"", 16_777_216f);
        isLost("\"long\"", "\"double\"", 9_007_199_254_740_992.0);
    }

    @Test
    void doesNotGuessTheTypeOfAUnion() throws Exception {
        isLost("[\"int\",\"long\"]", "\"long\"", 5L);
        restores("[\"int\",\"long\"]", "\"long\"", 1L << 40, 1L << 40);
        restores("[\"int\",\"string\"]", "[\"string\",\"int\"]", 5, 5);
    }

    @Test
    void doesNotGuessSymbolsThatBecameTheDefault() throws Exception {
        Schema written = field("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\",\"C\"]}")
                .getField("f")
                .schema();
        String read = "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"D\"],\"default\":\"D\"}";

        restores(
                written.toString(),
                read,
                new GenericData.EnumSymbol(written, "A"),
                new GenericData.EnumSymbol(field(read).getField("f").schema(), "A"));
        isLost(
                written.toString(),
                read,
                new GenericData.EnumSymbol(field(read).getField("f").schema(), "D"));
    }

    @Test
    void aFieldThatTheTableDoesNotHaveIsLostAndAnAddedOneHasItsDefault() throws Exception {
        Schema writer = record("{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"b\",\"type\":\"int\"}");
        Schema without = record("{\"name\":\"a\",\"type\":\"int\"}");
        Schema with = record("{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"c\",\"type\":\"int\",\"default\":3}");

        assertThatThrownBy(() -> RecordRestorer.of(writer, without).bytes(event(without, 1)))
                .isInstanceOf(LostValueException.class)
                .hasMessage("field b is not in the table");
        assertThat(RecordRestorer.of(without, with).bytes(event(with, 1, 3)))
                .isEqualTo(encoder.encode(without, event(without, 1)));
        assertThatThrownBy(() -> RecordRestorer.of(without, with).bytes(event(with, 1, 4)))
                .isInstanceOf(AlteredValueException.class)
                .hasMessageContaining("field c: expected its default");
    }

    @Test
    void columnsAndStructsWithOtherNamesThanTheirFieldsAreRestored(@TempDir Path dir)
            throws IOException, RefusedSchemaException, AlteredValueException, LostValueException {
        Schema writer = record("""
                {"name":"MCC","type":"int"},{"name":"mcc","type":"int"},{"name":"byteOffset","type":"long"},
                {"name":"in","type":{"type":"record","name":"I","fields":[
                  {"name":"A","type":"string"},{"name":"a","type":"string"},
                  {"name":"nothing","type":{"type":"record","name":"N","fields":[]}}]}},
                {"name":"nulls","type":{"type":"array","items":"null"}},{"name":"none","type":"null"}""");
        Schema in = writer.getField("in").schema();
        GenericRecord inner = event(
                in, "x", "y", new GenericData.Record(in.getField("nothing").schema()));
        byte[] sent = encoder.encode(writer, event(writer, 1, 2, 3L, inner, java.util.Arrays.asList(null, null), null));
        Schema event = Objects.requireNonNull(TableSchema.of("t", writer).event());
        Object decoded = Objects.requireNonNull(decode(writer, event, sent));

        Object stored =
                stored(event, List.of(decoded), dir.resolve("0.parquet")).get(0);

        assertThat(RecordRestorer.of(writer, event).bytes(stored)).isEqualTo(sent);
    }
}
