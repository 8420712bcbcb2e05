package io.tailrace.agent;

import io.tailrace.agent.audit.AuditLedger;
import io.tailrace.agent.audit.ReadFrontier.Reading;
import io.tailrace.client.ProducerRecord;
import io.tailrace.schemas.FramedAvroEncoder;
import io.tailrace.schemas.Schemas;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** Makes the records of the audit: framed Avro ({@code docs/format.md}, "Records of the audit"). Not thread-safe. */
final class AuditRecords {
    /** The type of a count's sum: the second branch of a union. */
    private static final Schema SUM =
            Schemas.AUDIT_COUNT.getField("sum").schema().getTypes().get(1);

    private final SchemaIds ids;
    private final String host;
    private final AuditConfig audit;
    private final FramedAvroEncoder encoder = new FramedAvroEncoder();

    AuditRecords(SchemaIds ids, String host, AuditConfig audit) {
        this.ids = ids;
        this.host = host;
        this.audit = audit;
    }

    /** Whether the schemas of the audit's topics are registered, as {@link SchemaIds#isRegistered}. */
    boolean isRegistered(long nowMs) {
        return ids.isRegistered(audit.topic(), Schemas.AUDIT_COUNT, nowMs)
                && ids.isRegistered(audit.progressTopic(), Schemas.AUDIT_PROGRESS, nowMs);
    }

    private ProducerRecord record(String topic, byte[] key, long timestampMs, GenericRecord value) {
        byte[] framed = encoder.encode(ids.id(topic, value.getSchema()), value);
        return new ProducerRecord(topic, OptionalInt.empty(), OptionalLong.of(timestampMs), key, framed, List.of());
    }

    /** The record of a sealed count. */
    ProducerRecord count(String agent, AuditLedger.Sealed count) {
        GenericRecord value = new GenericData.Record(Schemas.AUDIT_COUNT);
        value.put("host", host);
        value.put("agent", agent);
        value.put("sequence", count.sequence());
        value.put("topic", count.topic());
        value.put("windowStart", count.windowStartMs());
        value.put("windowMs", AuditLedger.WINDOW_MS);
        value.put("count", count.count());
        value.put(
                "sum",
                count.sum() == null
                        ? null
                        : new GenericData.Fixed(SUM, count.sum().sumBytes()));
        value.put("rejected", count.rejected());
        byte[] key = host.getBytes(StandardCharsets.UTF_8);
        return record(audit.topic(), key, count.windowStartMs(), value);
    }

    /** The record of a statement up to which time a topic's lines are sent. */
    ProducerRecord progress(String agent, AuditReporter.Progress progress, Reading reading) {
        GenericRecord value = new GenericData.Record(Schemas.AUDIT_PROGRESS);
        value.put("host", host);
        value.put("agent", agent);
        value.put("topic", reading.topic());
        value.put("readUpTo", reading.readUpToMs());
        value.put("nextSequence", progress.nextSequence());
        value.put("reportedTime", progress.madeMs());
        value.put("stopped", progress.stopped());
        value.put("behindBytes", reading.behindBytes());
        value.put("waitingFor", reading.waitingFor());
        byte[] key = String.join("\n", host, agent, reading.topic()).getBytes(StandardCharsets.UTF_8);
        return record(audit.progressTopic(), key, progress.madeMs(), value);
    }
}
