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
 * Who leads what, as last heard. Immutable.
 *
 * @param brokers addresses by broker id
 * @param topics what is known of each topic that was asked for
 */
record ClusterView(Map<Integer, InetSocketAddress> brokers, Map<String, Topic> topics) {
    static final ClusterView EMPTY = new ClusterView(Map.of(), Map.of());

    /**
     * A topic.
     *
     * @param error why it has no partitions, or none
     * @param partitions by number
     */
    record Topic(ErrorCode error, Map<Integer, Leader> partitions) {}

    /**
     * A partition's leader.
     *
     * @param address where it is, or null while there is none
     * @param epoch its epoch, -1 if not known
     */
    record Leader(@Nullable InetSocketAddress address, int epoch) {}

    ClusterView {
        brokers = Map.copyOf(brokers);
        topics = Map.copyOf(topics);
    }

    /** What an answer says, but for leaders that are of an older epoch than those known: a broker may lag behind. */
    ClusterView updated(MetadataResponse answer) {
        Map<Integer, InetSocketAddress> addresses = new LinkedHashMap<>();
        for (MetadataResponse.Broker broker : answer.brokers()) {
            addresses.put(broker.nodeId(), InetSocketAddress.createUnresolved(broker.host(), broker.port()));
        }
        Map<String, Topic> merged = new HashMap<>(topics);
        for (MetadataResponse.Topic topic : answer.topics()) {
            String name = Objects.requireNonNull(topic.name(), "asked by name");
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
        return new ClusterView(addresses.isEmpty() ? brokers : addresses, merged);
    }

    /** The topic's number of partitions, 0 if it is not known. */
    int partitionCount(String topic) {
        Topic known = topics.get(topic);
        return known == null ? 0 : known.partitions().size();
    }

    /** The partition's leader, or null if the partition is not known or has none. */
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
