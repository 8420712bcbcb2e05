package io.tailrace.loader.table;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.OutputFile;

/** Builds writers of generic rows with {@link ParquetSchema}. */
public final class RowFileBuilder extends ParquetWriter.Builder<GenericRecord, RowFileBuilder> {
    /** The key in the footer of a file at which Parquet's library keeps the Avro schema of the rows. */
    public static final String SCHEMA_KEY = "parquet.avro.schema";

    private final Schema rows;

    public RowFileBuilder(OutputFile file, Schema rows) {
        super(file);
        this.rows = rows;
        withConf(new Configuration(false));
        config(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, "false");
    }

    @Override
    protected RowFileBuilder self() {
        return this;
    }

    @Override
    @SuppressWarnings("deprecation") // Abstract in the builder, so it must be there.
    protected WriteSupport<GenericRecord> getWriteSupport(Configuration unused) {
        return new AvroWriteSupport<>(ParquetSchema.of(rows), rows, GenericData.get());
    }
}
