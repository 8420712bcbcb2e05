package io.tailrace.loader.run;

import io.tailrace.schemas.FramedAvroEncoder;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.Schemas;
import io.tailrace.schemas.audit.CanonicalEncoder;
import io.tailrace.schemas.audit.ContentHash;
import io.tailrace.schemas.audit.ContentSum;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** Encodes what agent a1 on host web1 sends to topic access-log, and its reports. */
public final class AgentRecords {
    private static final Schema LINE = SchemaBuilder.record("Line")
            .fields()
            .requiredString("host")
            .requiredLong("byteOffset")
            .name("eventTime")
            .type(LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG)))
            .noDefault()
            .endRecord();

    private final SchemaRegistryClient registry;
    private final FramedAvroEncoder encoder = new FramedAvroEncoder();
    private long sequence;

    public AgentRecords(SchemaRegistryClient registry) {
        this.registry = registry;
    }

    /** A line as it is sent, and its hash. */
    public record Line(byte[] value, ContentHash hash) {}

    public Line line(long byteOffset, long eventTimeMs) {
        GenericRecord line = new GenericData.Record(LINE);
        line.put("host", "web1");
        line.put("byteOffset", byteOffset);
        line.put("eventTime", eventTimeMs);
        return new Line(encode(AccessLog.TOPIC, LINE, line), ContentHash.of(new CanonicalEncoder().encode(LINE, line)));
    }

    /** The next count. */
    public byte[] count(ContentSum sum, long windowStartMs) {
        GenericRecord count = new GenericData.Record(Schemas.AUDIT_COUNT);
        count.put("host", "web1");
        count.put("agent", "a1");
        count.put("sequence", sequence++);
        count.put("topic", AccessLog.TOPIC);
        count.put("windowStart", windowStartMs);
        count.put("windowMs", 600_000L);
        count.put("count", sum.count());
        Schema fixed = Schemas.AUDIT_COUNT.getField("sum").schema().getTypes().get(1);
        count.put("sum", new GenericData.Fixed(fixed, sum.sumBytes()));
        count.put("rejected", 1L);
        return encode("tailrace-audit", Schemas.AUDIT_COUNT, count);
    }

    /** Says for an agent of a host that it has sent everything up to an event time. Agents of other hosts have sent no counts. */
    public byte[] readUpTo(String host, long readUpToMs) {
        GenericRecord progress = new GenericData.Record(Schemas.AUDIT_PROGRESS);
        progress.put("host", host);
        progress.put("agent", "a1");
        progress.put("topic", AccessLog.TOPIC);
        progress.put("readUpTo", readUpToMs);
        progress.put("nextSequence", host.equals("web1") ? sequence : 0L);
        progress.put("reportedTime", readUpToMs);
        progress.put("stopped", false);
        progress.put("behindBytes", 0L);
        progress.put("waitingFor", List.of());
        return encode("tailrace-audit-progress", Schemas.AUDIT_PROGRESS, progress);
    }

    private byte[] encode(String topic, Schema schema, GenericRecord value) {
        return encoder.encode(registry.register(SchemaRegistryClient.valueSubject(topic), schema), value);
    }
}
