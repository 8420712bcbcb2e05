package io.tailrace.agent;

import io.tailrace.agent.transaction.AgentTransactionConfig;
import io.tailrace.agent.transaction.PositionTopic;
import io.tailrace.client.Admin;
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
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** The topic of the agents' positions on the brokers, with connections for each call. For one thread at a time. */
final class BrokerPositions implements PositionTopic {
    /** Agents share the partitions. An agent that is killed holds up those who start, as long as its transaction is open. */
    private static final int PARTITIONS = 8;

    /** What a starting agent reads at most of what is not compacted yet. */
    private static final int SEGMENT_BYTES = 32 << 20;

    /** A transaction that is open when the reading begins has ended before. */
    private static final long READ_MS_MAX = 2L * AgentTransactionConfig.TIMEOUT_MS;

    private static final Duration POLL = Duration.ofMillis(500);

    private final AgentTransactionConfig config;
    private final BrokerTopics topics;
    private final ConsumerConfig consumer;
    private final String prefix;

    /** @param consumer reads committed records */
    BrokerPositions(AgentTransactionConfig config, BrokerTopics topics, ConsumerConfig consumer) {
        this.config = config;
        this.topics = topics;
        this.consumer = consumer;
        prefix = config.agentId() + "\n";
    }

    @Override
    public Positions read(long fromOffset) {
        topics.createCompacted(config.topic(), PARTITIONS, Map.of("segment.bytes", String.valueOf(SEGMENT_BYTES)));
        TopicPartition partition;
        long end;
        try (Admin admin = Admin.create(consumer.client())) {
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
                config.topic(), partitionOf(config.agentId(), topic.partitions().size()));
    }

    private Map<String, byte[]> read(TopicPartition partition, long fromOffset, long end) {
        Map<String, byte[]> values = new HashMap<>();
        try (Consumer reader = Consumer.create(consumer)) {
            reader.assign(List.of(partition));
            if (fromOffset == BEGINNING) {
                reader.seekToBeginning(List.of(partition));
            } else {
                reader.seek(partition, fromOffset);
            }
            long deadlineNs = System.nanoTime() + Duration.ofMillis(READ_MS_MAX).toNanos();
            while (reader.position(partition) < end) {
                reader.poll(POLL).forEach(record -> take(record, values));
                if (System.nanoTime() - deadlineNs > 0) {
                    throw new ClientException(
                            ErrorCode.REQUEST_TIMED_OUT,
                            partition + ": read to offset " + reader.position(partition) + " of " + end + " in "
                                    + READ_MS_MAX / 1000 + " s: a transaction of another producer is open");
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

    /** The partition of an agent, which must stay the same. */
    static int partitionOf(String agentId, int partitions) {
        CRC32C crc = new CRC32C();
        crc.update(agentId.getBytes(StandardCharsets.UTF_8));
        return (int) (crc.getValue() % partitions);
    }
}
