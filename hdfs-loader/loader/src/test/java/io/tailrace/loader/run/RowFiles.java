package io.tailrace.loader.run;

import io.tailrace.loader.table.FileAudit;
import io.tailrace.loader.table.RowFileBuilder;
import io.tailrace.loader.table.RowMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.LocalOutputFile;

/** Parquet files of the loader on the local file system, to be read and changed behind its back. */
public final class RowFiles {
    private RowFiles() {}

    /** The rows of a file, as parquet-avro reads them. */
    public static List<GenericRecord> rows(Path file) throws IOException {
        List<GenericRecord> rows = new ArrayList<>();
        try (ParquetReader<GenericRecord> reader = AvroParquetReader.<GenericRecord>builder(new LocalInputFile(file))
                .withDataModel(GenericData.get())
                .build()) {
            for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
                rows.add(row);
            }
        }
        return rows;
    }

    /** What the loader keeps in the footer of a file: sums, and the schema of its events. */
    public static Map<String, String> footer(Path file) throws IOException {
        Map<String, String> kept = new HashMap<>();
        try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
            Map<String, String> footer = reader.getFileMetaData().getKeyValueMetaData();
            for (String key : List.of(FileAudit.FOOTER_KEY, RowMapper.EVENT_SCHEMA_KEY)) {
                kept.put(key, footer.getOrDefault(key, ""));
            }
        }
        return kept;
    }

    /** Replaces a file by one with these rows and a footer that need not fit them. */
    public static void rewrite(Path file, List<GenericRecord> rows, Map<String, String> footer) throws IOException {
        Schema schema = rows.get(0).getSchema();
        Files.deleteIfExists(file);
        Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
        try (ParquetWriter<GenericRecord> writer = new RowFileBuilder(new LocalOutputFile(file), schema)
                .withExtraMetaData(footer)
                .build()) {
            for (GenericRecord row : rows) {
                writer.write(row);
            }
        }
    }
}
