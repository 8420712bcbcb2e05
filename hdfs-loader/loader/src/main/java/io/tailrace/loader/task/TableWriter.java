package io.tailrace.loader.task;

import io.tailrace.loader.store.Store;
import io.tailrace.loader.store.SyncedOutputFile;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableKind;
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
 * Writes one task's rows of one table to the staging folder, one file per path partition.
 *
 * <p>At the limit of open files, the least recently used one is closed; if its path partition gets more rows, they go
 * to another file. Used by one thread.
 */
final class TableWriter implements AutoCloseable {

    /**
     * The table to write and its source.
     *
     * @param table the table
     * @param schema the schema of its rows
     * @param spec the task
     * @param prefix prefix of the names of the staged files, unique in the folder
     */
    record Source(TableKind table, Schema schema, TaskSpec spec, String prefix) {}

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
    private final List<StagedFile> finished = new ArrayList<>();
    private int created;

    TableWriter(Source source, ParquetSettings settings, Store store) {
        this.source = source;
        this.settings = settings;
        this.store = store;
    }

    /**
     * Writes a row.
     *
     * @param offset the record's offset; must ascend
     */
    void write(PathPartition partition, long offset, GenericRecord row) throws IOException {
        OpenFile file = open.get(partition);
        if (file == null) {
            closeOldestUntil(settings.openFilesMax() - 1);
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
                        new SyncedOutputFile(store, new Path(source.spec().staging(), staged)))
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

    private void closeOldestUntil(int count) throws IOException {
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
        TopicPartition from = source.spec().range().topicPartition();
        DataFile published = new DataFile(
                source.table(),
                partition,
                DataFile.FIRST_GENERATION,
                Layout.fileName(from, source.spec().series(), file.first, file.last),
                file.rows,
                store.length(new Path(source.spec().staging(), file.staged)),
                List.of(new DataFile.Span(from.partition(), file.first, file.last)));
        finished.add(new StagedFile(published, file.staged));
    }

    /** Closes all files and returns all files written; they are complete and on disk. */
    List<StagedFile> finish() throws IOException {
        closeOldestUntil(0);
        return List.copyOf(finished);
    }

    /** Closes the files of a failed task. */
    @Override
    public void close() throws IOException {
        for (OpenFile file : open.values()) {
            file.writer.close();
        }
        open.clear();
    }
}
