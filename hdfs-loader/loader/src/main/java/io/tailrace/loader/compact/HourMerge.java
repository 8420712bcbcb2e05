package io.tailrace.loader.compact;

import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.store.StoredInputFile;
import io.tailrace.loader.store.SyncedOutputFile;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.task.ParquetSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.avro.AvroReadSupport;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of an hour to as few files as the target size allows. Files whose rows have different schemas are not mixed, so
 * that each row keeps exactly its columns. One row group is in memory at a time. Used once, by one thread.
 */
final class HourMerge {
    /** Where Parquet keeps the Avro schema of the rows. */
    private static final String AVRO_SCHEMA = "parquet.avro.schema";

    private static final int ROWS_PER_CHECK = 10_000;

    private final MergePlan.HourFiles hour;
    private final Target target;
    private final AbortCheck abort;
    private final Configuration conf = new Configuration(false);
    private final List<StagedFile> written = new ArrayList<>();

    /**
     * Where the merged files go.
     *
     * @param store the file system
     * @param layout the topic's paths
     * @param staging the run's staging folder
     * @param sequence the number of the commit, and so the generation of the files
     * @param fileBytes the size that files should have
     * @param parquet settings of the files
     */
    record Target(Store store, Layout layout, Path staging, long sequence, long fileBytes, ParquetSettings parquet) {}

    /** @param abort checked again and again while rows are copied */
    HourMerge(MergePlan.HourFiles hour, Target target, AbortCheck abort) {
        this.hour = hour;
        this.target = target;
        this.abort = abort;
    }

    /**
     * Merges.
     *
     * @return the files, complete and on disk
     * @throws IOException if a file cannot be read, or has other rows than its commit says
     */
    List<StagedFile> run() throws IOException {
        Map<String, List<DataFile>> bySchema = new LinkedHashMap<>();
        for (DataFile file : hour.files()) {
            bySchema.computeIfAbsent(schemaText(file), first -> new ArrayList<>())
                    .add(file);
        }
        for (Map.Entry<String, List<DataFile>> group : bySchema.entrySet()) {
            Schema schema = new Schema.Parser().parse(group.getKey());
            List<DataFile> batch = new ArrayList<>();
            long bytes = 0;
            for (DataFile file : group.getValue()) {
                if (!batch.isEmpty() && bytes + file.bytes() > target.fileBytes()) {
                    write(schema, batch);
                    batch.clear();
                    bytes = 0;
                }
                batch.add(file);
                bytes += file.bytes();
            }
            write(schema, batch);
        }
        return written;
    }

    private StoredInputFile input(DataFile file) throws IOException {
        return new StoredInputFile(target.store(), target.layout().file(file));
    }

    private String schemaText(DataFile file) throws IOException {
        try (ParquetFileReader reader =
                ParquetFileReader.open(input(file), ParquetReadOptions.builder().build())) {
            String text = reader.getFileMetaData().getKeyValueMetaData().get(AVRO_SCHEMA);
            if (text == null) {
                throw new IOException("cannot merge " + target.layout().file(file) + ": expected the Avro schema "
                        + AVRO_SCHEMA + " in its footer, which the loader writes");
            }
            return text;
        }
    }

    private void write(Schema schema, List<DataFile> files) throws IOException {
        String staged = "merged-" + hour.table().name().toLowerCase(Locale.ROOT) + "-"
                + hour.pathPartition().dt() + "-" + hour.pathPartition().hr() + "-" + written.size() + ".parquet";
        Path path = new Path(target.staging(), staged);
        long rows = 0;
        try (ParquetWriter<GenericRecord> writer = writer(schema, path)) {
            for (DataFile file : files) {
                rows += copy(file, schema, writer);
            }
        }
        DataFile merged = new DataFile(
                hour.table(),
                hour.pathPartition(),
                target.sequence(),
                target.layout().mergedFileName(target.sequence(), written.size()),
                rows,
                target.store().length(path),
                Spans.union(files));
        written.add(new StagedFile(merged, staged));
    }

    private ParquetWriter<GenericRecord> writer(Schema schema, Path path) throws IOException {
        return AvroParquetWriter.<GenericRecord>builder(new SyncedOutputFile(target.store(), path))
                .withConf(conf)
                .withSchema(schema)
                .withDataModel(GenericData.get())
                .config(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, "false")
                .withWriteMode(ParquetFileWriter.Mode.CREATE)
                .withCompressionCodec(target.parquet().codec())
                .withRowGroupSize(target.parquet().rowGroupBytes())
                .build();
    }

    private long copy(DataFile file, Schema schema, ParquetWriter<GenericRecord> writer) throws IOException {
        Configuration read = new Configuration(false);
        AvroReadSupport.setAvroReadSchema(read, schema);
        long rows = 0;
        try (ParquetReader<GenericRecord> reader = AvroParquetReader.<GenericRecord>builder(input(file))
                .withDataModel(GenericData.get())
                .withConf(read)
                .build()) {
            @Nullable GenericRecord row = reader.read();
            while (row != null) {
                if (rows % ROWS_PER_CHECK == 0) {
                    abort.throwIfAborted();
                }
                writer.write(row);
                rows++;
                row = reader.read();
            }
        }
        if (rows != file.rows()) {
            throw new IOException("cannot merge " + target.layout().file(file) + ": expected " + file.rows()
                    + " rows as committed, found " + rows + ". Restore the file, or load its offsets again");
        }
        return rows;
    }
}
