package io.tailrace.loader.table;

import io.tailrace.client.ConsumerRecord;
import java.nio.ByteBuffer;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** Rows of the error table: a record that does not decode, the reason, and its bytes. */
public final class ErrorRow {
    public static final Schema SCHEMA = SchemaBuilder.record("ErrorRow")
            .namespace("tailrace")
            .fields()
            .requiredString(RowMapper.TOPIC)
            .requiredInt(RowMapper.PARTITION)
            .requiredLong(RowMapper.OFFSET)
            .name("record_time")
            .type(LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG)))
            .noDefault()
            .requiredString("reason")
            .optionalBytes("record_key")
            .optionalBytes("record_value")
            .endRecord();

    private ErrorRow() {}

    public static GenericRecord of(ConsumerRecord record, String reason) {
        GenericRecord row = new GenericData.Record(SCHEMA);
        row.put(RowMapper.TOPIC, record.topicPartition().topic());
        row.put(RowMapper.PARTITION, record.topicPartition().partition());
        row.put(RowMapper.OFFSET, record.offset());
        row.put("record_time", record.timestampMs());
        row.put("reason", reason);
        row.put("record_key", record.key() == null ? null : ByteBuffer.wrap(record.key()));
        row.put("record_value", record.value() == null ? null : ByteBuffer.wrap(record.value()));
        return row;
    }
}
