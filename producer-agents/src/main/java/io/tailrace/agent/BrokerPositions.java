package io.tailrace.agent;

import io.tailrace.agent.transaction.AgentTransactionConfig;
import io.tailrace.agent.transaction.PositionTopic;
import io.tailrace.client.Admin;
import io.tailrace.client.ClientConfig;
import io.tailrace.client.ClientException;
import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerConfig;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.TopicDescription;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The topic of the agents' positions on the brokers, with connections for each call. For one thread at a time. */
final class BrokerPositions implements PositionTopic {
    /** Agents share the partitions. An agent that is killed holds up those who start, as long as its transaction is open. */
    private static final int PARTITIONS = 8;

    /** What a starting agent reads at most of what is not compacted yet. */
    private static final int SEGMENT_BYTES = 32 << 20;

    /** How long the reading may make no progress: a transaction that blocks it has timed out by then. */
    static final long STALL_MS_MAX = 2L * AgentTransactionConfig.TIMEOUT_MS;

    private static final Duration POLL = Duration.ofMillis(500);

    private final AgentTransactionConfig config;
    private final BrokerTopics topics;
    private final ClientConfig client;
    private final Supplier<Consumer> readers;
    private final LongSupplier nanoTime;
    private final String prefix;

    /** @param consumer reads committed records */
    BrokerPositions(AgentTransactionConfig config, BrokerTopics topics, ConsumerConfig consumer) {
        this(config, topics, consumer.client(), () -> Consumer.create(consumer), System::nanoTime);
    }

    /** As above, with consumers of the caller's, which are closed after use, and its clock. */
    BrokerPositions(
            AgentTransactionConfig config,
            BrokerTopics topics,
            ClientConfig client,
            Supplier<Consumer> readers,
            LongSupplier nanoTime) {
        this.config = config;
        this.topics = topics;
        this.client = client;
        this.readers = readers;
        this.nanoTime = nanoTime;
        prefix = config.agentId() + "\n";
    }

    @Override
    public Positions read(long fromOffset) {
        topics.createCompacted(config.topic(), PARTITIONS, Map.of("segment.bytes", String.valueOf(SEGMENT_BYTES)));
        TopicPartition partition;
        long end;
        try (Admin admin = Admin.create(client)) {
            partition = partition(admin);
            // Everything that was ever committed of the agent is before the high watermark, as the id has been taken.
            end = Objects.requireNonNull(admin.latestOffsets(List.of(partition)).get(partition));
        }
        return new Positions(partition.partition(), read(partition, fromOffset, end), end);
    }

    private TopicPartition partition(Admin admin) {
        TopicDescription topic = admin.describe(List.of(config.topic())).get(config.topic());
        if (topic == null) {
            throw new ClientException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, config.topic() + " does not exist");
        }
        return new TopicPartition(
                config.topic(), config.partitionOf(topic.partitions().size()));
    }

    /** The agent's values in a partition, from an offset up to an exclusive end. */
    Map<String, byte[]> read(TopicPartition partition, long fromOffset, long end) {
        Map<String, byte[]> values = new HashMap<>();
        try (Consumer reader = readers.get()) {
            reader.assign(List.of(partition));
            if (fromOffset == BEGINNING) {
                reader.seekToBeginning(List.of(partition));
            } else {
                reader.seek(partition, fromOffset);
            }
            long progressNs = nanoTime.getAsLong();
            long position = reader.position(partition);
            while (position < end) {
                reader.poll(POLL).forEach(record -> take(record, values));
                long before = position;
                position = reader.position(partition);
                long nowNs = nanoTime.getAsLong();
                if (position > before) {
                    progressNs = nowNs;
                } else if (nowNs - progressNs > Duration.ofMillis(STALL_MS_MAX).toNanos()) {
                    throw new ClientException(
                            ErrorCode.REQUEST_TIMED_OUT,
                            partition + ": read to offset " + position + " of " + end + ", and no further for "
                                    + STALL_MS_MAX / 1000
                                    + " s: a transaction of another producer is open, or brokers do not answer");
                }
            }
        }
        return values;
    }

    private void take(ConsumerRecord record, Map<String, byte[]> values) {
        byte @Nullable [] key = record.key();
        String text = key == null ? "" : new String(key, StandardCharsets.UTF_8);
        if (!text.startsWith(prefix)) {
            return;
        }
        String own = text.substring(prefix.length());
        byte @Nullable [] value = record.value();
        if (value == null) {
            values.remove(own);
        } else {
            values.put(own, value);
        }
    }
}
