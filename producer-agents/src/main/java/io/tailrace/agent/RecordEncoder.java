package io.tailrace.agent;

import io.tailrace.agent.audit.AuditLedger;
import io.tailrace.agent.audit.ReadFrontier.Reading;
import io.tailrace.agent.delivery.OutgoingRecord;
import io.tailrace.client.ProducerRecord;
import io.tailrace.schemas.FramedAvroEncoder;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.Schemas;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * Makes the records that are sent: framed Avro, with the event time as timestamp. A schema must be registered for its
 * topic first. Not thread-safe.
 */
final class RecordEncoder {
    /** The type of a count's sum: the second branch of a union. */
    private static final Schema SUM =
            Schemas.AUDIT_COUNT.getField("sum").schema().getTypes().get(1);

    private final SchemaRegistryClient registry;
    private final String host;
    private final AuditConfig audit;
    /** By topic and schema: sources of different formats may share a topic, if the registry allows it. */
    private final Map<Registered, Integer> schemaIds = new HashMap<>();

    private final FramedAvroEncoder encoder = new FramedAvroEncoder();

    private record Registered(String topic, Schema schema) {}

    RecordEncoder(SchemaRegistryClient registry, String host, AuditConfig audit) {
        this.registry = registry;
        this.host = host;
        this.audit = audit;
    }

    /**
     * Registers a schema for a topic's values.
     *
     * @throws io.tailrace.schemas.SchemaRegistryException as {@link SchemaRegistryClient#register} does
     */
    void register(String topic, Schema schema) {
        Registered registered = new Registered(topic, schema);
        if (!schemaIds.containsKey(registered)) {
            schemaIds.put(registered, registry.register(SchemaRegistryClient.valueSubject(topic), schema));
        }
    }

    /** The key of a file's records. Records of one key share a partition, and so keep their order. */
    byte[] keyOf(String file) {
        return (host + ":" + file).getBytes(StandardCharsets.UTF_8);
    }

    /** A record with a registered schema; a schema that is not registered is an {@link IllegalStateException}. */
    ProducerRecord record(String topic, byte[] key, long timestampMs, GenericRecord value) {
        Integer schemaId = schemaIds.get(new Registered(topic, value.getSchema()));
        if (schemaId == null) {
            throw new IllegalStateException(
                    "schema " + value.getSchema().getFullName() + " is not registered for topic " + topic);
        }
        return new ProducerRecord(
                topic,
                OptionalInt.empty(),
                OptionalLong.of(timestampMs),
                key,
                encoder.encode(schemaId, value),
                List.of());
    }

    /** The record of a sealed count. */
    OutgoingRecord audit(String agent, AuditLedger.Sealed count) {
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
        return new OutgoingRecord(
                record(audit.topic(), key, count.windowStartMs(), value), count.windowStartMs(), null, null);
    }

    /** The record of a statement up to which time a topic's lines are sent. */
    OutgoingRecord progress(String agent, AuditReporter.Progress progress, Reading reading) {
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
        return new OutgoingRecord(
                record(audit.progressTopic(), key, progress.madeMs(), value), progress.madeMs(), null, null);
    }
}
