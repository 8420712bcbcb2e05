package io.tailrace.loader;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;

/**
 * Writes one task's rows of one table into the staging folder, a file for each path partition.
 *
 * <p>Open files are bounded: when one more is needed, the one that has waited longest for a row is closed, and its path
 * partition gets another file should it be met again. Used by one thread.
 */
final class TableWriter implements AutoCloseable {

    /**
     * Where a table's files come from.
     *
     * @param table the table
     * @param schema the schema of its rows
     * @param partition the partition that the rows are read from
     * @param staging the run's staging folder
     * @param prefix starts the names of the staged files; nothing else in the folder starts with it
     */
    record Source(Layout.Table table, Schema schema, TopicPartition partition, Path staging, String prefix) {}

    private static final class OpenFile {
        final ParquetWriter<GenericRecord> writer;
        final String staged;
        final long first;
        long last;
        long rows;

        OpenFile(ParquetWriter<GenericRecord> writer, String staged, long first) {
            this.writer = writer;
            this.staged = staged;
            this.first = first;
        }
    }

    private final Source source;
    private final ParquetSettings settings;
    private final Store store;
    private final Configuration conf = new Configuration(false);
    private final Map<PathPartition, OpenFile> open = new LinkedHashMap<>(16, 0.75f, true);
    private final List<Manifest.File> finished = new ArrayList<>();
    private int created;

    TableWriter(Source source, ParquetSettings settings, Store store) {
        this.source = source;
        this.settings = settings;
        this.store = store;
    }

    /**
     * Writes a row.
     *
     * @param offset the record's offset; offsets come in ascending order
     */
    void write(PathPartition partition, long offset, GenericRecord row) throws IOException {
        OpenFile file = open.get(partition);
        if (file == null) {
            closeOldestAbove(settings.openFilesMax() - 1);
            file = create(offset);
            open.put(partition, file);
        }
        file.writer.write(row);
        file.last = offset;
        file.rows++;
    }

    private OpenFile create(long offset) throws IOException {
        String staged = source.prefix() + created++ + ".parquet";
        ParquetWriter<GenericRecord> writer = AvroParquetWriter.<GenericRecord>builder(
                        new SyncedOutputFile(store, new Path(source.staging(), staged)))
                .withConf(conf)
                .withSchema(source.schema())
                .withDataModel(GenericData.get())
                .config(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, "false")
                .withWriteMode(ParquetFileWriter.Mode.CREATE)
                .withCompressionCodec(settings.codec())
                .withRowGroupSize(settings.rowGroupBytes())
                .build();
        return new OpenFile(writer, staged, offset);
    }

    private void closeOldestAbove(int count) throws IOException {
        Iterator<Map.Entry<PathPartition, OpenFile>> oldestFirst =
                open.entrySet().iterator();
        while (open.size() > count) {
            Map.Entry<PathPartition, OpenFile> oldest = oldestFirst.next();
            oldestFirst.remove();
            finish(oldest.getKey(), oldest.getValue());
        }
    }

    private void finish(PathPartition partition, OpenFile file) throws IOException {
        file.writer.close();
        finished.add(new Manifest.File(
                source.table(),
                partition.path(),
                Layout.fileName(source.partition(), file.first, file.last),
                file.staged,
                file.rows,
                store.length(new Path(source.staging(), file.staged))));
    }

    /** Closes all files, and returns what was written, whole and on disk. */
    List<Manifest.File> finish() throws IOException {
        closeOldestAbove(0);
        return List.copyOf(finished);
    }

    /** Lets go of files that {@link #finish} has not closed; the run that wanted them has failed. */
    @Override
    public void close() throws IOException {
        for (OpenFile file : open.values()) {
            file.writer.close();
        }
        open.clear();
    }
}
