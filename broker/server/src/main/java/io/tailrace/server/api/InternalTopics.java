package io.tailrace.server.api;

import io.tailrace.protocol.group.OffsetsTopic;
import io.tailrace.protocol.transaction.TransactionsTopic;
import io.tailrace.server.config.GroupConfig;
import io.tailrace.server.config.TransactionConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The topics in which brokers store what they coordinate. Only brokers write to them. They are created when they are first needed,
 * always in the same way, and cannot be deleted or have more partitions. Immutable.
 */
public final class InternalTopics {
    private static final Set<String> NAMES = Set.of(OffsetsTopic.NAME, TransactionsTopic.NAME);

    private final GroupConfig groups;
    private final TransactionConfig transactions;

    public InternalTopics(GroupConfig groups, TransactionConfig transactions) {
        this.groups = groups;
        this.transactions = transactions;
    }

    static boolean contains(String topic) {
        return NAMES.contains(topic);
    }

    /**
     * The topic as it is created, if it is internal.
     *
     * @param brokers the number of brokers now
     */
    Optional<TopicChanges.NewTopic> named(String topic, int brokers) {
        return switch (topic) {
            case OffsetsTopic.NAME -> Optional.of(offsets(brokers));
            case TransactionsTopic.NAME -> Optional.of(transactions(brokers));
            default -> Optional.empty();
        };
    }

    private TopicChanges.NewTopic offsets(int brokers) {
        return compacted(
                OffsetsTopic.NAME,
                groups.partitions(),
                replicas(groups.replicationFactor(), brokers),
                Map.of("segment.bytes", String.valueOf(groups.segmentBytes())));
    }

    private TopicChanges.NewTopic transactions(int brokers) {
        int replicas = replicas(transactions.replicationFactor(), brokers);
        return compacted(
                TransactionsTopic.NAME,
                transactions.partitions(),
                replicas,
                Map.of(
                        "segment.bytes",
                        String.valueOf(transactions.segmentBytes()),
                        "min.insync.replicas",
                        String.valueOf(Math.min(transactions.minInsyncReplicas(), replicas))));
    }

    private static int replicas(int configured, int brokers) {
        return Math.max(1, Math.min(configured, brokers));
    }

    private static TopicChanges.NewTopic compacted(
            String name, int partitions, int replicas, Map<String, String> configs) {
        Map<String, String> all = new HashMap<>(configs);
        all.put("cleanup.policy", "compact");
        return new TopicChanges.NewTopic(name, partitions, replicas, List.of(), all);
    }
}
