package io.tailrace.loader.audit;

import io.tailrace.client.Admin;
import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.IsolationLevel;
import io.tailrace.client.TopicDescription;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.FramedAvroDecoder;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.Schemas;
import io.tailrace.schemas.audit.ContentSum;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Reads what agents wrote to their audit topics, from the first record to the last one when reading begins. */
final class AuditTopics {
    private static final Duration POLL = Duration.ofSeconds(1);

    /** How long a partition may deliver nothing. Longer than any election takes. */
    private static final Duration STALL_MAX = Duration.ofSeconds(60);

    private final Admin admin;
    private final Supplier<Consumer> consumers;
    private final SchemaRegistryClient registry;
    private final LongSupplier nanoTime;
    private final InstantSource clock;

    AuditTopics(AuditServices services) {
        this.admin = services.admin();
        this.consumers = services.consumers();
        this.registry = services.registry();
        this.nanoTime = services.nanoTime();
        this.clock = services.clock();
    }

    /** Takes one value of an audit topic; null is a value that was deleted. */
    @FunctionalInterface
    private interface Values {
        void take(@Nullable GenericRecord value, ConsumerRecord record);
    }

    /**
     * Reads both topics. A topic that does not exist has no records: no agent has written to it yet.
     *
     * @param reports receives what the agents reported
     * @return the same reports
     * @throws IOException if a record is not what an agent writes, or a partition delivers nothing; the message names it
     */
    AgentReports read(AuditTopicNames names, AgentReports reports) throws IOException {
        long beganMs = clock.millis();
        // Progress first: the counts that it refers to are acknowledged, so they are among those that are read
        // afterwards.
        read(names.progress(), Schemas.AUDIT_PROGRESS, (value, record) -> {
            if (value != null) {
                reports.add(progress(value));
            }
        });
        Set<TopicPartition> shortened = new HashSet<>();
        for (Map.Entry<TopicPartition, Long> start :
                admin.earliestOffsets(partitions(names.counts())).entrySet()) {
            if (start.getValue() > 0) {
                reports.countsRemoved();
                shortened.add(start.getKey());
            }
        }
        read(names.counts(), Schemas.AUDIT_COUNT, (value, record) -> {
            if (shortened.remove(record.topicPartition())) {
                // Records are in the order in which they were sent: what is deleted was sent before the first one left.
                reports.countsRemoved(record.timestampMs());
            }
            if (value != null) {
                reports.add(count(value));
            }
        });
        if (!shortened.isEmpty()) {
            // Nothing is left of these partitions.
            reports.countsRemoved(beganMs);
        }
        return reports;
    }

    private static AgentId agent(GenericRecord value) {
        return new AgentId(value.get("host").toString(), value.get("agent").toString());
    }

    private static AgentCount count(GenericRecord value) {
        long count = (Long) value.get("count");
        Optional<ContentSum> sum = value.get("sum") instanceof GenericFixed bytes
                ? Optional.of(ContentSum.of(count, bytes.bytes()))
                : Optional.empty();
        return new AgentCount(
                agent(value),
                (Long) value.get("sequence"),
                value.get("topic").toString(),
                (Long) value.get("windowStart"),
                count,
                sum,
                (Long) value.get("rejected"));
    }

    private static AgentProgress progress(GenericRecord value) {
        List<String> waitingFor = new ArrayList<>();
        ((Iterable<?>) value.get("waitingFor")).forEach(text -> waitingFor.add(text.toString()));
        return new AgentProgress(
                agent(value),
                value.get("topic").toString(),
                (Long) value.get("readUpTo"),
                (Long) value.get("nextSequence"),
                (Boolean) value.get("stopped"),
                waitingFor);
    }

    private void read(String topic, Schema schema, Values values) throws IOException {
        List<TopicPartition> partitions = partitions(topic);
        Map<TopicPartition, Long> earliest = admin.earliestOffsets(partitions);
        DecidedEnds.await(admin, partitions);
        Map<TopicPartition, Long> latest = admin.latestOffsets(partitions, IsolationLevel.READ_COMMITTED);
        FramedAvroDecoder decoder = new FramedAvroDecoder(registry, Optional.of(schema));
        try (Consumer consumer = consumers.get()) {
            for (TopicPartition partition : partitions) {
                long from = earliest.getOrDefault(partition, 0L);
                long to = latest.getOrDefault(partition, 0L);
                consumer.assign(Set.of(partition));
                consumer.seek(partition, from);
                readTo(to, partition, consumer, record -> values.take(decode(decoder, record), record));
            }
        }
    }

    private List<TopicPartition> partitions(String topic) {
        if (!admin.topics(true).contains(topic)) {
            return List.of();
        }
        TopicDescription description = admin.describe(Set.of(topic)).get(topic);
        return description == null
                ? List.of()
                : description.partitions().stream()
                        .map(partition -> new TopicPartition(topic, partition.partition()))
                        .toList();
    }

    @FunctionalInterface
    private interface Records {
        void take(ConsumerRecord record) throws IOException;
    }

    private void readTo(long end, TopicPartition partition, Consumer consumer, Records records) throws IOException {
        long position = consumer.position(partition);
        long progressNanos = nanoTime.getAsLong();
        while (position < end) {
            for (ConsumerRecord record : consumer.poll(POLL)) {
                if (record.offset() < end) {
                    records.take(record);
                }
            }
            long next = consumer.position(partition);
            long nowNanos = nanoTime.getAsLong();
            if (next > position) {
                progressNanos = nowNanos;
            } else if (nowNanos - progressNanos > STALL_MAX.toNanos()) {
                throw new IOException("no data for " + STALL_MAX.toSeconds() + " s from partition " + partition
                        + " at offset " + position + ". Check that the partition has a leader, then try again");
            }
            position = next;
        }
    }

    private static @Nullable GenericRecord decode(FramedAvroDecoder decoder, ConsumerRecord record) throws IOException {
        if (record.value() == null) {
            return null;
        }
        FramedAvroDecoder.Decoded decoded = decoder.decode(record.value());
        if (decoded instanceof FramedAvroDecoder.Decoded.Value value && value.value() instanceof GenericRecord fields) {
            return fields;
        }
        String reason =
                decoded instanceof FramedAvroDecoder.Decoded.Rejected rejected ? rejected.reason() : "not a record";
        throw new IOException("record at offset " + record.offset() + " of " + record.topicPartition()
                + " is not what an agent writes there: " + reason
                + ". Only agents may write to this topic");
    }
}
