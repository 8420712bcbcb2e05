package io.tailrace.loader.task;

import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.store.StoredInputFile;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.RowMapper;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.avro.AvroReadSupport;
import org.apache.parquet.hadoop.ParquetReader;
import org.jspecify.annotations.Nullable;

/** Reads the rows of files in their tables. One row group is in memory at a time. Thread-safe. */
public final class StoredRows {
    private static final int ROWS_PER_CHECK = 10_000;

    private static final Schema PLACE = SchemaBuilder.record("Place")
            .fields()
            .requiredInt(RowMapper.PARTITION)
            .requiredLong(RowMapper.OFFSET)
            .endRecord();

    private final Store store;
    private final Layout layout;
    private final AbortCheck abort;

    /** @param abort checked regularly while rows are read */
    public StoredRows(Store store, Layout layout, AbortCheck abort) {
        this.store = store;
        this.layout = layout;
        this.abort = abort;
    }

    /** What takes the rows of a file. */
    @FunctionalInterface
    public interface Sink {
        void take(GenericRecord row) throws IOException;
    }

    /** What takes the place of each row. */
    @FunctionalInterface
    public interface PlaceSink {
        void take(int partition, long offset);
    }

    /**
     * Reads a file.
     *
     * @param schema the schema of the rows, with all columns of the file
     * @throws IOException if the file cannot be read, or its number of rows is not that in its commit
     */
    public void read(DataFile file, Schema schema, Sink sink) throws IOException {
        check(layout.file(file), file.rows(), scan(file, schema, sink));
    }

    /**
     * Reads a file whose number of rows may differ from that in its commit. Otherwise as {@link #read(DataFile, Schema, Sink)}.
     *
     * @return the number of rows
     */
    public long scan(DataFile file, Schema schema, Sink sink) throws IOException {
        Configuration conf = new Configuration(false);
        AvroReadSupport.setAvroReadSchema(conf, schema);
        return read(layout.file(file), conf, sink);
    }

    /** Reads only partition and offset of each row. Otherwise as {@link #read(DataFile, Schema, Sink)}. */
    public void readPlaces(DataFile file, PlaceSink sink) throws IOException {
        readPlaces(file, layout.file(file), sink);
    }

    /** As {@link #readPlaces(DataFile, PlaceSink)}, of a file that is not in its table yet. */
    public void readPlaces(DataFile file, Path path, PlaceSink sink) throws IOException {
        Configuration conf = new Configuration(false);
        AvroReadSupport.setRequestedProjection(conf, PLACE);
        AvroReadSupport.setAvroReadSchema(conf, PLACE);
        long rows = read(path, conf, row -> sink.take((Integer) row.get(0), (Long) row.get(1)));
        check(path, file.rows(), rows);
    }

    private long read(Path path, Configuration conf, Sink sink) throws IOException {
        long rows = 0;
        try (ParquetReader<GenericRecord> reader = AvroParquetReader.<GenericRecord>builder(
                        new StoredInputFile(store, path))
                .withDataModel(GenericData.get())
                .withConf(conf)
                .build()) {
            @Nullable GenericRecord row = reader.read();
            while (row != null) {
                if (rows % ROWS_PER_CHECK == 0) {
                    abort.throwIfAborted();
                }
                sink.take(row);
                rows++;
                row = reader.read();
            }
        }
        return rows;
    }

    private static void check(Path path, long expectedRows, long rows) throws IOException {
        if (rows != expectedRows) {
            throw new IOException("file " + path + ": expected " + expectedRows + " rows as committed, found " + rows
                    + ". Restore the file, or load its hour again with tailrace reload");
        }
    }
}
