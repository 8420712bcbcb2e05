package io.tailrace.loader.run;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.FramedAvroEncoder;
import io.tailrace.schemas.SchemaRegistryClient;
import java.time.Instant;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** Events of a web server over {@link #HOURS} hours, determined by a seed. */
public final class AccessLog {
    public static final String TOPIC = "access-log";
    public static final TopicPartition P0 = new TopicPartition(TOPIC, 0);
    public static final TopicPartition P1 = new TopicPartition(TOPIC, 1);
    static final int HOURS = 84;
    public static final Instant START = Instant.parse("2015-05-17T10:00:00Z");

    public static final Schema SCHEMA = SchemaBuilder.record("Event")
            .namespace("io.tailrace.loader.test")
            .fields()
            .requiredString("clientAddress")
            .name("eventTime")
            .type(LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG)))
            .noDefault()
            .requiredInt("status")
            .optionalLong("responseBytes")
            .optionalString("user")
            .endRecord();

    /** The next version of {@link #SCHEMA}, with another field. */
    public static final Schema GROWN = SchemaBuilder.record("Event")
            .namespace("io.tailrace.loader.test")
            .fields()
            .requiredString("clientAddress")
            .name("eventTime")
            .type(LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG)))
            .noDefault()
            .requiredInt("status")
            .optionalLong("responseBytes")
            .optionalString("user")
            .name("method")
            .type()
            .stringType()
            .stringDefault("GET")
            .endRecord();

    private static final int[] STATUSES = {200, 200, 200, 200, 304, 404, 301, 500};
    private static final long HOUR_MS = 3_600_000;

    private AccessLog() {}

    /** Appends events within three hours. */
    static SortedMap<Integer, Long> append(FakeCluster cluster, SchemaRegistryClient registry, int count, long seed) {
        return append(cluster, registry, count, seed, 3);
    }

    /**
     * Appends events alternately to both partitions, up to a minute out of order.
     *
     * @return number of events by status
     */
    static SortedMap<Integer, Long> append(
            FakeCluster cluster, SchemaRegistryClient registry, int count, long seed, int hours) {
        int id = registry.register(SchemaRegistryClient.valueSubject(TOPIC), SCHEMA);
        Random random = new Random(seed);
        SortedMap<Integer, Long> byStatus = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            long timeMs = START.toEpochMilli() + hours * HOUR_MS * i / count;
            int status = STATUSES[random.nextInt(STATUSES.length)];
            timeMs = Math.max(START.toEpochMilli(), timeMs - random.nextInt(60_000));
            cluster.append(i % 2 == 0 ? P0 : P1, timeMs, value(id, event(SCHEMA, timeMs, status)));
            byStatus.merge(status, 1L, Long::sum);
        }
        return byStatus;
    }

    public static GenericRecord event(Schema schema, long timeMs, int status) {
        GenericRecord event = new GenericData.Record(schema);
        event.put("clientAddress", "10.0.0." + timeMs % 256);
        event.put("eventTime", timeMs);
        event.put("status", status);
        event.put("responseBytes", status == 304 ? null : timeMs % 10_000);
        return event;
    }

    public static byte[] value(int schemaId, GenericRecord event) {
        return new FramedAvroEncoder().encode(schemaId, event);
    }
}
