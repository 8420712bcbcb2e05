package io.tailrace.loader.task;

import io.tailrace.client.ConsumerRecord;
import io.tailrace.loader.table.RowMapper;
import io.tailrace.loader.task.columns.ColumnPlan;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.FramedAvroDecoder;
import io.tailrace.schemas.Framing;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Rows of events, from framed Avro values.
 *
 * <p>The first value of each schema is read by Avro's reader. From then on, a {@link ColumnPlan} reads the values of that schema,
 * if there can be one, and Avro's reader the few that it does not accept.
 */
final class EventFormat implements RowFormat {
    /** The columns that {@link #writeRowColumns} writes, after those of the event. */
    private static final List<String> ROW_COLUMNS =
            List.of(RowMapper.TOPIC, RowMapper.PARTITION, RowMapper.OFFSET, RowMapper.SCHEMA);

    /** Plans kept; a producer that makes ids up must not fill the memory. */
    private static final int PLANS_MAX = 1_000;

    private final TopicPartition partition;
    private final RowMapper mapper;
    private final FramedAvroDecoder decoder;
    private final ColumnPlan.Marked marked;
    private final Binary topic;
    private final Map<Integer, ColumnPlan> plans = new HashMap<>();
    private final Set<Integer> withoutPlan = new HashSet<>();
    private final boolean canPlan;

    EventFormat(TopicPartition partition, RowMapper mapper, FramedAvroDecoder decoder) {
        this.partition = partition;
        this.mapper = mapper;
        this.decoder = decoder;
        this.topic = Binary.fromString(partition.topic());
        this.canPlan = ROW_COLUMNS.equals(rowColumns(mapper));
        this.marked = new ColumnPlan.Marked(mapper.eventTimePosition(), mapper.hostPosition());
    }

    private static List<String> rowColumns(RowMapper mapper) {
        List<String> columns =
                mapper.rowSchema().getFields().stream().map(Schema.Field::name).toList();
        return columns.subList(ColumnPlan.Schemas.eventColumns(mapper.eventSchema()), columns.size());
    }

    @Override
    public Schema schema() {
        return mapper.rowSchema();
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of(RowMapper.EVENT_SCHEMA_KEY, mapper.eventSchema().toString());
    }

    @Override
    public @Nullable String read(Row row) {
        ColumnPlan plan = row.isChecked ? plans.get(Framing.framedSchemaId(row.array())) : null;
        if (plan != null) {
            row.plan = plan;
            return null;
        }
        FramedAvroDecoder.Decoded.Rejected rejected = readEvent(row);
        return rejected == null ? null : rejected.reason();
    }

    /** As {@link #read}. */
    FramedAvroDecoder.Decoded.@Nullable Rejected readEvent(Row row) {
        if (!Framing.isFramed(row.array(), row.length())) {
            return readRecord(row);
        }
        int schemaId = Framing.framedSchemaId(row.array());
        ColumnPlan plan = plans.get(schemaId);
        if (plan != null && plan.check(row.array(), Framing.HEADER_BYTES, row.length())) {
            row.plan = plan;
            row.eventTimeMs = plan.hasTime() ? mapper.eventTimeMs(plan.time()) : row.timestampMs();
            plan.host(row);
            return null;
        }
        FramedAvroDecoder.Decoded.Rejected rejected = readRecord(row);
        if (rejected == null && plan == null && canPlan && !withoutPlan.contains(schemaId)) {
            makePlan(schemaId);
        }
        return rejected;
    }

    private FramedAvroDecoder.Decoded.@Nullable Rejected readRecord(Row row) {
        byte[] value = row.array().length == row.length() ? row.array() : Arrays.copyOf(row.array(), row.length());
        FramedAvroDecoder.Decoded decoded = decoder.decode(value);
        if (decoded instanceof FramedAvroDecoder.Decoded.Rejected rejected) {
            return rejected;
        }
        Object event = ((FramedAvroDecoder.Decoded.Value) decoded).value();
        row.event = event;
        row.eventTimeMs = mapper.eventTimeMs(event, record(row));
        if (marked.host() >= 0
                && event instanceof GenericRecord fields
                && fields.get(marked.host()) instanceof CharSequence host) {
            byte[] name = host.toString().getBytes(StandardCharsets.UTF_8);
            row.accept(name, 0, name.length);
        }
        return null;
    }

    private ConsumerRecord record(Row row) {
        return new ConsumerRecord(partition, row.offset(), row.timestampMs(), null, null, List.of());
    }

    private void makePlan(int schemaId) {
        if (plans.size() + withoutPlan.size() == PLANS_MAX) {
            plans.clear();
            withoutPlan.clear();
        }
        Optional<ColumnPlan> plan = decoder.writerSchema(schemaId)
                .flatMap(writer -> ColumnPlan.of(
                        new ColumnPlan.Schemas(writer, mapper.eventSchema(), mapper.rowSchema()),
                        marked,
                        (index, offset, out) -> writeRowColumns(schemaId, index, offset, out)));
        if (plan.isPresent()) {
            plans.put(schemaId, plan.get());
        } else {
            withoutPlan.add(schemaId);
        }
    }

    private void writeRowColumns(int schemaId, int index, long offset, RecordConsumer out) {
        out.startField(RowMapper.TOPIC, index);
        out.addBinary(topic);
        out.endField(RowMapper.TOPIC, index);
        out.startField(RowMapper.PARTITION, index + 1);
        out.addInteger(partition.partition());
        out.endField(RowMapper.PARTITION, index + 1);
        out.startField(RowMapper.OFFSET, index + 2);
        out.addLong(offset);
        out.endField(RowMapper.OFFSET, index + 2);
        out.startField(RowMapper.SCHEMA, index + 3);
        out.addInteger(schemaId);
        out.endField(RowMapper.SCHEMA, index + 3);
    }

    @Override
    public void write(Row row, RecordConsumer columns, WriteSupport<GenericRecord> generic) {
        if (row.plan != null) {
            // Other rows of the plan may have been read since this one was: those of a buffer, to make room for it.
            row.plan.accept(row.array(), Framing.HEADER_BYTES, row.length());
            row.plan.write(row.offset(), columns);
        } else if (row.event != null) {
            generic.write(mapper.row(row.event, schemaId(row), record(row)));
        }
    }

    private static @Nullable Integer schemaId(Row row) {
        return Framing.isFramed(row.array(), row.length()) ? Framing.framedSchemaId(row.array()) : null;
    }
}
