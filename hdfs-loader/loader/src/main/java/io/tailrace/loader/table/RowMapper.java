package io.tailrace.loader.table;

import io.tailrace.client.ConsumerRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Turns an event into a row: its fields as columns in snake case, and its topic, partition and offset. An event that is
 * not an Avro record becomes one column, {@code value}. Immutable.
 */
public final class RowMapper {
    public static final String TOPIC = "record_topic";
    public static final String PARTITION = "record_partition";
    public static final String OFFSET = "record_offset";

    private static final Pattern WORD_START = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");
    private static final int RECORD_COLUMNS = 3;
    private static final long MICROS_PER_MS = 1_000;

    private final Schema event;
    private final Schema row;
    private final int eventTimePosition;
    private final long eventTimeUnitsPerMs;

    /**
     * Creates a mapper for the events of a schema.
     *
     * @param eventTimeField the field that has the event time; without a timestamp field of that name, the record's
     *     timestamp is used
     * @throws IllegalArgumentException if two fields would share a column
     */
    public RowMapper(Schema event, String eventTimeField) {
        this.event = event;
        this.row = toRowSchema(event);
        Schema.Field time = event.getType() == Schema.Type.RECORD ? event.getField(eventTimeField) : null;
        LogicalType type = time == null ? null : nonNull(time.schema()).getLogicalType();
        boolean isMillis = type instanceof LogicalTypes.TimestampMillis;
        boolean isMicros = type instanceof LogicalTypes.TimestampMicros;
        this.eventTimePosition = time != null && (isMillis || isMicros) ? time.pos() : -1;
        this.eventTimeUnitsPerMs = isMicros ? MICROS_PER_MS : 1;
    }

    /** The other type of a union of null and one type; any other schema as it is. */
    private static Schema nonNull(Schema schema) {
        if (!schema.isUnion() || !schema.isNullable()) {
            return schema;
        }
        List<Schema> others = schema.getTypes().stream()
                .filter(type -> type.getType() != Schema.Type.NULL)
                .toList();
        return others.size() == 1 ? others.get(0) : schema;
    }

    /** Creates a mapper as the constructor does; {@code event} is null if the topic has no schema. */
    public static RowMapper of(@Nullable Schema event, String eventTimeField) {
        return new RowMapper(event == null ? empty() : event, eventTimeField);
    }

    /** Returns the schema of the rows; {@code event} is the events' schema, or null if the topic has none. */
    public static Schema rowSchema(@Nullable Schema event) {
        return toRowSchema(event == null ? empty() : event);
    }

    /** The event schema of a topic that has none: rows have only topic, partition and offset. */
    public static Schema empty() {
        return Schema.createRecord("Row", null, "tailrace", false, List.of());
    }

    private static Schema toRowSchema(Schema event) {
        List<Schema.Field> columns = new ArrayList<>();
        Map<String, String> fieldOfColumn = new HashMap<>();
        if (event.getType() == Schema.Type.RECORD) {
            for (Schema.Field field : event.getFields()) {
                String column = column(field.name());
                String other = fieldOfColumn.put(column, field.name());
                if (other != null) {
                    throw new IllegalArgumentException("fields " + other + " and " + field.name() + " of schema "
                            + event.getFullName() + " would share the column " + column);
                }
                columns.add(new Schema.Field(column, field.schema(), field.doc()));
            }
        } else {
            columns.add(new Schema.Field("value", event));
        }
        for (String column : List.of(TOPIC, PARTITION, OFFSET, PathPartition.DAY_COLUMN, PathPartition.HOUR_COLUMN)) {
            String field = fieldOfColumn.get(column);
            if (field != null) {
                throw new IllegalArgumentException("field " + field + " of schema " + event.getFullName()
                        + " would share the column " + column + ", which every table has");
            }
        }
        columns.add(new Schema.Field(TOPIC, Schema.create(Schema.Type.STRING), "The record's topic."));
        columns.add(new Schema.Field(PARTITION, Schema.create(Schema.Type.INT), "The record's partition."));
        columns.add(new Schema.Field(OFFSET, Schema.create(Schema.Type.LONG), "The record's offset."));
        return Schema.createRecord("Row", event.getDoc(), "tailrace", false, columns);
    }

    /** Converts {@code byteOffset} to {@code byte_offset}: Hive ignores case. */
    public static String column(String field) {
        return WORD_START.matcher(field).replaceAll("_").toLowerCase(Locale.ROOT);
    }

    public Schema eventSchema() {
        return event;
    }

    public Schema rowSchema() {
        return row;
    }

    /** Returns the row of an event that was decoded with {@link #eventSchema}. */
    public GenericRecord row(Object event, ConsumerRecord record) {
        GenericRecord values = new GenericData.Record(row);
        int count = row.getFields().size() - RECORD_COLUMNS;
        if (event instanceof GenericRecord fields) {
            for (int i = 0; i < count; i++) {
                values.put(i, fields.get(i));
            }
        } else {
            values.put(0, event);
        }
        values.put(count, record.topicPartition().topic());
        values.put(count + 1, record.topicPartition().partition());
        values.put(count + 2, record.offset());
        return values;
    }

    /** The position of the event's field that has the event time, or -1 if the record's timestamp is the event time. */
    public int eventTimePosition() {
        return eventTimePosition;
    }

    /** Returns the event time in milliseconds since the epoch, of the value of the field that has it. */
    public long eventTimeMs(long time) {
        return Math.floorDiv(time, eventTimeUnitsPerMs);
    }

    /** Returns the event time in milliseconds since the epoch. */
    public long eventTimeMs(Object event, ConsumerRecord record) {
        return eventTimePosition >= 0
                        && event instanceof GenericRecord fields
                        && fields.get(eventTimePosition) instanceof Long time
                ? eventTimeMs(time.longValue())
                : record.timestampMs();
    }
}
