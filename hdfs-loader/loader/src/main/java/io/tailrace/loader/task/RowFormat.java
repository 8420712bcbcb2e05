package io.tailrace.loader.task;

import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.RecordConsumer;
import org.jspecify.annotations.Nullable;

/** How the rows of a table are read from bytes and written. Used by one thread. */
interface RowFormat {
    /** The schema of the rows. */
    Schema schema();

    /** What the footers of files of these rows have, beside the schema of the rows. */
    Map<String, String> metadata();

    /**
     * Reads a row's bytes.
     *
     * @return why the bytes are no row, or null if they are one
     */
    @Nullable
    String read(Row row);

    /**
     * Writes a row that was read.
     *
     * @param columns takes the row's values
     * @param generic takes the row as a record instead
     */
    void write(Row row, RecordConsumer columns, WriteSupport<GenericRecord> generic);
}
