package io.tailrace.loader.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.plan.OffsetSet;
import io.tailrace.loader.run.AccessLog;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TaskFilesTest {
    private static final long HOUR_MS = 3_600_000;
    private static final int MEMORY_BYTES = 1 << 20;
    private static final int ROW_GROUP_BYTES = 128 << 10;
    private static final int VALUE_BYTES = 500;

    private Path dir;
    private Path staging;
    private Path spill;
    private Store store;
    private final ErrorFormat errors = new ErrorFormat();

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        dir = folder;
        staging = Files.createDirectory(dir.resolve("staging"));
        spill = Files.createDirectory(dir.resolve("spill"));
        store = Store.open(new org.apache.hadoop.fs.Path(dir.toUri()), new Configuration());
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private TaskFiles files(TaskMemory memory) {
        return files(memory, CompressionCodecName.SNAPPY);
    }

    private TaskFiles files(TaskMemory memory, CompressionCodecName codec) {
        TaskSpec spec = new TaskSpec(
                new OffsetRange(AccessLog.P0, 0, Long.MAX_VALUE),
                0,
                0,
                0,
                null,
                "",
                new org.apache.hadoop.fs.Path(staging.toUri()),
                new ParquetSettings(codec, ROW_GROUP_BYTES, memory),
                new ErrorLimit(1, true),
                0,
                new OffsetSet(0));
        return new TaskFiles(spec, Map.of(TableKind.ERRORS, errors), store, () -> {});
    }

    private TaskMemory memory(long spillBytesMax) {
        return new TaskMemory(MEMORY_BYTES, spill.toString(), spillBytesMax);
    }

    /** Writes rows to the hours, from offset 0. */
    private void write(TaskFiles files, List<Integer> hours, int valueBytes) throws IOException {
        Row row = new Row();
        for (int offset = 0; offset < hours.size(); offset++) {
            byte[] value = new byte[valueBytes];
            new Random(offset).nextBytes(value);
            errors.set(row, new ConsumerRecord(AccessLog.P0, offset, 0, null, value, List.of()), "no value");
            files.write(TableKind.ERRORS, hours.get(offset) * HOUR_MS, row);
        }
    }

    /** The offsets of the rows of each hour, in the order of its files. */
    private Map<Integer, List<Long>> offsets(List<StagedFile> files) throws IOException {
        Map<Integer, List<Long>> offsets = new TreeMap<>();
        for (StagedFile file : files) {
            List<Long> found = offsets(file.staged());
            var span = file.file().spans().get(0);
            assertThat(file.file().rows()).isEqualTo(found.size());
            assertThat(List.of(span.first(), span.last()))
                    .isEqualTo(List.of(found.get(0), found.get(found.size() - 1)));
            offsets.computeIfAbsent(Integer.valueOf(file.file().pathPartition().hr()), hour -> new ArrayList<>())
                    .addAll(found);
        }
        return offsets;
    }

    private List<Long> offsets(String staged) throws IOException {
        List<Long> found = new ArrayList<>();
        try (ParquetReader<GenericRecord> reader =
                AvroParquetReader.<GenericRecord>builder(input(staged)).build()) {
            for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
                found.add((Long) row.get("record_offset"));
            }
        }
        return found;
    }

    private HadoopInputFile input(String staged) throws IOException {
        var file = new org.apache.hadoop.fs.Path(staging.resolve(staged).toUri());
        return HadoopInputFile.fromPath(file, new Configuration());
    }

    private static Map<Integer, List<Long>> expected(List<Integer> hours) {
        Map<Integer, List<Long>> offsets = new TreeMap<>();
        for (int offset = 0; offset < hours.size(); offset++) {
            offsets.computeIfAbsent(hours.get(offset), hour -> new ArrayList<>())
                    .add((long) offset);
        }
        return offsets;
    }

    private static List<Integer> shuffled(int rows, int hours) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            all.add(i % hours);
        }
        Collections.shuffle(all, new Random(7));
        return all;
    }

    @Test
    void hoursInAnyOrderGetAFileEach() throws IOException {
        List<Integer> hours = shuffled(6_000, 24);
        try (TaskFiles files = files(memory(1 << 30))) {
            write(files, hours, VALUE_BYTES);
            List<StagedFile> finished = files.finish();

            assertThat(finished).hasSize(24);
            assertThat(offsets(finished)).isEqualTo(expected(hours));
        }
        assertThat(spill).isEmptyDirectory();
    }

    @Test
    void anHourWithMostRowsGetsAnOpenFile() throws IOException {
        List<Integer> hours = new ArrayList<>(Collections.nCopies(2_000, 3));
        hours.addAll(shuffled(4_000, 24));
        try (TaskFiles files = files(memory(1 << 30))) {
            write(files, hours, VALUE_BYTES);
            List<StagedFile> finished = files.finish();

            assertThat(finished).hasSize(24);
            assertThat(finished.get(0).file().pathPartition().hr()).isEqualTo("03");
            assertThat(offsets(finished)).isEqualTo(expected(hours));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = CompressionCodecName.class,
            names = {"UNCOMPRESSED", "SNAPPY", "GZIP", "LZ4_RAW", "ZSTD"})
    void openFilesShareTheirCompressor(CompressionCodecName codec) throws IOException {
        List<Integer> hours = new ArrayList<>(shuffled(4_000, 2));
        hours.addAll(shuffled(2_000, 24));
        try (TaskFiles files = files(memory(1 << 30), codec)) {
            write(files, hours, VALUE_BYTES);

            assertThat(offsets(files.finish())).isEqualTo(expected(hours));
        }
    }

    @Test
    void aRowGroupOfLargeRowsHasFewOfThem() throws IOException {
        int rows = 50;
        try (TaskFiles files = files(memory(1 << 30))) {
            write(files, Collections.nCopies(rows, 1), ROW_GROUP_BYTES);

            String staged = files.finish().get(0).staged();
            try (ParquetFileReader reader = ParquetFileReader.open(input(staged))) {
                assertThat(reader.getRowGroups()).hasSizeGreaterThan(rows / 4);
            }
        }
    }

    @Test
    void smallHoursDoNotTakeOpenFiles() throws IOException {
        try (TaskFiles files = files(memory(1 << 30))) {
            write(files, shuffled(3_000, 24), VALUE_BYTES);

            try (Stream<Path> open = Files.list(staging)) {
                assertThat(open).isEmpty();
            }
        }
    }

    @Test
    void rowsMayBeLargerThanAllMemory() throws IOException {
        List<Integer> hours = List.of(1, 2, 1, 2, 3);
        try (TaskFiles files = files(memory(1 << 30))) {
            write(files, hours, 2 * MEMORY_BYTES);

            assertThat(offsets(files.finish())).isEqualTo(expected(hours));
        }
    }

    @Test
    void completesItsFilesWhenTheSpilledRowsReachTheirLimit() throws IOException {
        List<Integer> hours = shuffled(6_000, 24);
        try (TaskFiles files = files(memory(MEMORY_BYTES))) {
            write(files, hours, VALUE_BYTES);
            List<StagedFile> finished = files.finish();

            assertThat(finished.size()).isBetween(2 * 24, 4 * 24);
            assertThat(finished.stream()
                            .map(file ->
                                    file.file().pathPartition() + file.file().name()))
                    .doesNotHaveDuplicates();
            assertThat(offsets(finished)).isEqualTo(expected(hours));
        }
    }

    @Test
    void namesTheKeyIfTheSpillFolderIsMissing() throws IOException {
        TaskMemory memory = new TaskMemory(MEMORY_BYTES, dir.resolve("missing").toString(), 1 << 30);
        try (TaskFiles files = files(memory)) {
            assertThatThrownBy(() -> write(files, shuffled(6_000, 24), VALUE_BYTES))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("missing")
                    .hasMessageContaining("task.spill.dir");
        }
    }
}
