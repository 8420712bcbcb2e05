package io.tailrace.loader.task;

import io.tailrace.loader.table.FileAudit;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/** Writes rows to one Parquet file, whose schema and metadata are those that {@code parquet-avro} gives it. */
final class RowWriteSupport extends WriteSupport<Row> {
    private final RowFormat format;
    private final RowSums sums;
    private final AvroWriteSupport<GenericRecord> generic;
    private @Nullable RecordConsumer columns;

    RowWriteSupport(RowFormat format, MessageType type, RowSums sums) {
        this.format = format;
        this.sums = sums;
        this.generic = new AvroWriteSupport<>(type, format.schema(), GenericData.get());
    }

    @Override
    public String getName() {
        return generic.getName();
    }

    @Override
    @SuppressWarnings("deprecation") // Abstract in WriteSupport, so it must be there.
    public WriteContext init(Configuration conf) {
        return generic.init(conf);
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
        columns = consumer;
        generic.prepareForWrite(consumer);
    }

    @Override
    public void write(Row row) {
        if (columns == null) {
            throw new IllegalStateException("row " + row.offset() + " before the file is prepared");
        }
        format.write(row, columns, generic);
    }

    @Override
    public FinalizedWriteContext finalizeWrite() {
        Map<String, String> metadata = new HashMap<>(format.metadata());
        FileAudit audit = sums.result();
        if (!audit.isComplete() || !audit.sums().isEmpty()) {
            metadata.put(FileAudit.FOOTER_KEY, audit.toJson());
        }
        return new FinalizedWriteContext(metadata);
    }
}
