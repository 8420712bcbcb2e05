package io.tailrace.loader.table;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.protocol.TopicPartition;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Rows of the error table: a record that does not decode, the reason, and its bytes. */
public final class ErrorRow {
    private static final String TIME = "record_time";
    private static final String REASON = "reason";
    private static final String KEY = "record_key";
    private static final String VALUE = "record_value";

    public static final Schema SCHEMA = SchemaBuilder.record("ErrorRow")
            .namespace("tailrace")
            .fields()
            .requiredString(RowMapper.TOPIC)
            .requiredInt(RowMapper.PARTITION)
            .requiredLong(RowMapper.OFFSET)
            .name(TIME)
            .type(LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG)))
            .noDefault()
            .requiredString(REASON)
            .optionalBytes(KEY)
            .optionalBytes(VALUE)
            .endRecord();

    private ErrorRow() {}

    /** Returns the row of a record. */
    public static GenericRecord of(ConsumerRecord record, String reason) {
        GenericRecord row = new GenericData.Record(SCHEMA);
        row.put(RowMapper.TOPIC, record.topicPartition().topic());
        row.put(RowMapper.PARTITION, record.topicPartition().partition());
        row.put(RowMapper.OFFSET, record.offset());
        row.put(TIME, record.timestampMs());
        row.put(REASON, reason);
        row.put(KEY, record.key() == null ? null : ByteBuffer.wrap(record.key()));
        row.put(VALUE, record.value() == null ? null : ByteBuffer.wrap(record.value()));
        return row;
    }

    /** Returns the record of a row, without its headers, which a row does not have. */
    public static ConsumerRecord record(GenericRecord row) {
        return new ConsumerRecord(
                new TopicPartition(row.get(RowMapper.TOPIC).toString(), (Integer) row.get(RowMapper.PARTITION)),
                (Long) row.get(RowMapper.OFFSET),
                (Long) row.get(TIME),
                bytes(row.get(KEY)),
                bytes(row.get(VALUE)),
                List.of());
    }

    private static byte @Nullable [] bytes(@Nullable Object value) {
        if (!(value instanceof ByteBuffer buffer)) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
