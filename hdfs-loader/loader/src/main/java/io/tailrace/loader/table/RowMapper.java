package io.tailrace.loader.table;

import io.tailrace.client.ConsumerRecord;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Turns an event into a row: its fields as columns, by position, and its topic, partition, offset and schema. An event that is
 * not an Avro record becomes one column, {@code value}. Immutable.
 */
public final class RowMapper {
    public static final String TOPIC = "record_topic";
    public static final String PARTITION = "record_partition";
    public static final String OFFSET = "record_offset";

    /** The id of the schema that the record was written with; null if its value was not framed. */
    public static final String SCHEMA = "record_schema";

    /**
     * The key in the footer of a file of rows that has the event schema. It says which field each column is, also after later
     * schemas, and so gives the records that were loaded back.
     */
    public static final String EVENT_SCHEMA_KEY = "tailrace.event.schema";

    private static final String HOST_FIELD = "host";
    private static final long MICROS_PER_MS = 1_000;
    private static final long NANOS_PER_MS = 1_000_000;

    private final Schema event;
    private final Schema row;
    private final List<ValueConversion> conversions;
    private final int eventTimePosition;
    private final int hostPosition;
    private final long eventTimeUnitsPerMs;

    /**
     * Creates a mapper for the events of a schema.
     *
     * @param event the schema, as {@link TableSchema#event} returned it
     * @param eventTimeField the field that has the event time; without a timestamp field of that name, the record's
     *     timestamp is used
     */
    public RowMapper(Schema event, String eventTimeField) {
        this.event = event;
        this.row = RowSchema.of(event);
        this.conversions = conversions(event, row);
        this.hostPosition = hostPosition(event);
        Schema.Field time = event.getType() == Schema.Type.RECORD ? event.getField(eventTimeField) : null;
        LogicalType type = time == null ? null : nonNull(time.schema()).getLogicalType();
        boolean isMillis = type instanceof LogicalTypes.TimestampMillis;
        boolean isMicros = type instanceof LogicalTypes.TimestampMicros;
        boolean isNanos = type instanceof LogicalTypes.TimestampNanos;
        this.eventTimePosition = time != null && (isMillis || isMicros || isNanos) ? time.pos() : -1;
        this.eventTimeUnitsPerMs = isNanos ? NANOS_PER_MS : isMicros ? MICROS_PER_MS : 1;
    }

    private static List<ValueConversion> conversions(Schema event, Schema row) {
        List<ValueConversion> conversions = new ArrayList<>();
        if (event.getType() == Schema.Type.RECORD) {
            for (Schema.Field field : event.getFields()) {
                conversions.add(ValueConversion.of(
                        field.schema(), row.getFields().get(field.pos()).schema()));
            }
        } else {
            conversions.add(ValueConversion.of(event, row.getFields().get(0).schema()));
        }
        return conversions;
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

    /** The event schema of a topic that has none: rows have only topic, partition and offset. */
    public static Schema empty() {
        return Schema.createRecord("Row", null, "tailrace", false, List.of());
    }

    public Schema eventSchema() {
        return event;
    }

    public Schema rowSchema() {
        return row;
    }

    /**
     * Returns the row of an event that was decoded with {@link #eventSchema}.
     *
     * @param schemaId the schema that the record was written with; null if its value was not framed
     */
    public GenericRecord row(Object event, @Nullable Integer schemaId, ConsumerRecord record) {
        GenericRecord values = new GenericData.Record(row);
        int count = conversions.size();
        if (event instanceof GenericRecord fields) {
            for (int i = 0; i < count; i++) {
                values.put(i, row(conversions.get(i), fields.get(i)));
            }
        } else {
            values.put(0, row(conversions.get(0), event));
        }
        values.put(count, record.topicPartition().topic());
        values.put(count + 1, record.topicPartition().partition());
        values.put(count + 2, record.offset());
        values.put(count + 3, schemaId);
        return values;
    }

    private static @Nullable Object row(ValueConversion conversion, @Nullable Object event) {
        return conversion == ValueConversion.SAME ? event : conversion.row(event);
    }

    /**
     * Returns the event of a row: what {@link #row} was given.
     *
     * @param values a row of {@link #rowSchema}
     * @throws IllegalArgumentException if no event has this row
     */
    public @Nullable Object event(GenericRecord values) {
        if (event.getType() != Schema.Type.RECORD) {
            return conversions.get(0).event(values.get(0));
        }
        GenericRecord fields = new GenericData.Record(event);
        for (int i = 0; i < conversions.size(); i++) {
            fields.put(i, conversions.get(i).event(values.get(i)));
        }
        return fields;
    }

    /** The position of the event's field that has the host, or -1 if it has no such text. */
    public int hostPosition() {
        return hostPosition;
    }

    private static int hostPosition(Schema event) {
        Schema.Field host = event.getType() == Schema.Type.RECORD ? event.getField(HOST_FIELD) : null;
        return host != null && nonNull(host.schema()).getType() == Schema.Type.STRING ? host.pos() : -1;
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
