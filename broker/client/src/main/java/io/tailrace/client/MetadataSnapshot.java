package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.MetadataResponse;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The leaders of partitions as a broker last reported them. Immutable.
 *
 * @param brokers addresses by broker id
 * @param topics the requested topics, by name
 */
record MetadataSnapshot(Map<Integer, InetSocketAddress> brokers, Map<String, Topic> topics) {
    static final MetadataSnapshot EMPTY = new MetadataSnapshot(Map.of(), Map.of());

    /**
     * A topic.
     *
     * @param error why it has no partitions, or {@link ErrorCode#NONE}
     * @param partitions by number
     */
    record Topic(ErrorCode error, Map<Integer, Leader> partitions) {}

    /**
     * A partition's leader.
     *
     * @param address its address, or null while there is no leader
     * @param epoch its leader epoch, or -1 if unknown
     */
    record Leader(@Nullable InetSocketAddress address, int epoch) {}

    MetadataSnapshot {
        brokers = Map.copyOf(brokers);
        topics = Map.copyOf(topics);
    }

    /** The contents of a response. Leaders of an older epoch than the known one are ignored, since a broker may lag behind. */
    MetadataSnapshot updated(MetadataResponse answer) {
        Map<Integer, InetSocketAddress> addresses = new LinkedHashMap<>();
        for (MetadataResponse.Broker broker : answer.brokers()) {
            addresses.put(broker.nodeId(), InetSocketAddress.createUnresolved(broker.host(), broker.port()));
        }
        Map<String, Topic> merged = new HashMap<>(topics);
        for (MetadataResponse.Topic topic : answer.topics()) {
            String name = Objects.requireNonNull(topic.name(), "requested by name");
            Topic known = topics.get(name);
            if (topic.errorCode().retriable()
                    && known != null
                    && topic.errorCode() != ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
                continue;
            }
            Map<Integer, Leader> leaders = new HashMap<>();
            for (MetadataResponse.Partition partition : topic.partitions()) {
                Leader heard = new Leader(addresses.get(partition.leaderId()), partition.leaderEpoch());
                Leader before = known == null ? null : known.partitions().get(partition.partitionIndex());
                boolean older = before != null && heard.epoch() >= 0 && heard.epoch() < before.epoch();
                leaders.put(partition.partitionIndex(), older ? before : heard);
            }
            merged.put(name, new Topic(topic.errorCode(), Map.copyOf(leaders)));
        }
        return new MetadataSnapshot(addresses.isEmpty() ? brokers : addresses, merged);
    }

    /** The topic's number of partitions, or 0 if it is unknown. */
    int partitionCount(String topic) {
        Topic known = topics.get(topic);
        return known == null ? 0 : known.partitions().size();
    }

    /** The partition's leader, or null if the partition is unknown or has no leader. */
    @Nullable
    Leader leader(TopicPartition partition) {
        Topic known = topics.get(partition.topic());
        Leader leader = known == null ? null : known.partitions().get(partition.partition());
        return leader == null || leader.address() == null ? null : leader;
    }

    /** Whether every partition of a topic has a leader. */
    boolean isComplete(String topic) {
        Topic known = topics.get(topic);
        return known != null
                && !known.partitions().isEmpty()
                && known.partitions().values().stream().allMatch(leader -> leader.address() != null);
    }
}
