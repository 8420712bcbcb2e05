package io.tailrace.loader.task;

import io.tailrace.loader.store.FileSync;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.store.SyncedOutputFile;
import io.tailrace.loader.table.ParquetSchema;
import io.tailrace.loader.table.RowMapper;
import io.tailrace.loader.table.TableKind;
import java.io.IOException;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.schema.MessageType;

/** Creates a task's Parquet files of one table, which share what compresses their pages. Used by one thread. */
final class ParquetFiles implements AutoCloseable {
    private final TableKind table;
    private final RowFormat format;
    private final TaskSpec spec;
    private final Store store;
    private final FileSync sync;
    private final Configuration conf = new Configuration(false);
    private final MessageType type;
    private final SharedCompressors compressors;

    ParquetFiles(TableKind table, RowFormat format, TaskSpec spec, Store store, FileSync sync) {
        this.table = table;
        this.format = format;
        this.spec = spec;
        this.store = store;
        this.sync = sync;
        conf.setBoolean(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, false);
        this.type = ParquetSchema.of(format.schema());
        this.compressors = new SharedCompressors(conf);
    }

    /** The staged name of a file; names of other tasks and attempts are different. */
    String stagedName(int number) {
        return table.name().toLowerCase(Locale.ROOT) + "-" + spec.number() + "-" + spec.attempt() + "-" + number
                + ".parquet";
    }

    /**
     * Creates a file.
     *
     * @param sums written to the footer when the file is closed
     */
    OpenFile create(String staged, RowSums sums) throws IOException {
        ParquetSettings settings = spec.parquet();
        SyncedOutputFile file = new SyncedOutputFile(store, new Path(spec.staging(), staged), sync);
        ParquetWriter<Row> writer = new Builder(file, new RowWriteSupport(format, type, sums))
                .withConf(conf)
                .withWriteMode(ParquetFileWriter.Mode.CREATE)
                .withCompressionCodec(settings.codec())
                .withCodecFactory(compressors)
                .withRowGroupSize(settings.memory().rowGroupBytesMax(settings.rowGroupBytes()))
                // Rows may be large. By default, 100 of them are in memory before their size is looked at.
                .withMinRowCountForPageSizeCheck(1)
                // All its values are different. A dictionary of them is dropped anyway, once it is full.
                .withDictionaryEncoding(RowMapper.OFFSET, false)
                .withSizeStatisticsEnabled(false)
                .build();
        return new OpenFile(staged, file, writer);
    }

    /**
     * A file that rows can be written to.
     *
     * @param staged its name in the staging folder
     */
    record OpenFile(String staged, SyncedOutputFile file, ParquetWriter<Row> writer) {}

    /** Reads a row's bytes again. They were read before, when the row came. */
    void read(Row row) {
        String fault = format.read(row);
        if (fault != null) {
            throw new IllegalStateException("row of offset " + row.offset() + " was read before, now: " + fault);
        }
    }

    /** Frees what compresses pages. All files must be closed. */
    @Override
    public void close() {
        compressors.close();
    }

    private static final class Builder extends ParquetWriter.Builder<Row, Builder> {
        private final RowWriteSupport support;

        Builder(OutputFile file, RowWriteSupport support) {
            super(file);
            this.support = support;
        }

        @Override
        protected Builder self() {
            return this;
        }

        @Override
        @SuppressWarnings("deprecation") // Abstract in the builder, so it must be there.
        protected WriteSupport<Row> getWriteSupport(Configuration unused) {
            return support;
        }
    }
}
