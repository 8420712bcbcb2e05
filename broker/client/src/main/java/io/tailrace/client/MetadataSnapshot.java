package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.MetadataResponse;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The leaders of partitions as a broker last reported them. Immutable.
 *
 * @param brokers addresses by broker id
 * @param topics the requested topics, by name
 */
record MetadataSnapshot(Map<Integer, InetSocketAddress> brokers, Map<String, Topic> topics) {
    /** The id of a topic whose id is not known. */
    static final UUID NO_ID = new UUID(0, 0);

    static final MetadataSnapshot EMPTY = new MetadataSnapshot(Map.of(), Map.of());

    /**
     * A topic.
     *
     * @param error why it has no partitions, or {@link ErrorCode#NONE}
     * @param id its id, which changes if the topic is deleted and created again; {@link #NO_ID} if brokers report none
     * @param formerId the id that the topic had before it was created again; answers with it come from brokers that lag behind
     * @param partitions by number
     */
    record Topic(ErrorCode error, UUID id, UUID formerId, Map<Integer, Leader> partitions) {}

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

    /**
     * The contents of a response. Leaders of an older epoch than the known one are ignored, since a broker may lag behind, unless
     * the topic was created again, which begins with the first epoch.
     */
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
            if (known != null
                    && !topic.topicId().equals(NO_ID)
                    && topic.topicId().equals(known.formerId())) {
                continue; // this broker has not heard yet that the topic was created again
            }
            boolean isRecreated = known != null && areDifferent(known.id(), topic.topicId());
            UUID id = known != null && topic.topicId().equals(NO_ID) ? known.id() : topic.topicId();
            Map<Integer, Leader> leaders = new HashMap<>();
            for (MetadataResponse.Partition partition : topic.partitions()) {
                Leader heard = new Leader(addresses.get(partition.leaderId()), partition.leaderEpoch());
                Leader before =
                        known == null || isRecreated ? null : known.partitions().get(partition.partitionIndex());
                boolean older = before != null && heard.epoch() >= 0 && heard.epoch() < before.epoch();
                leaders.put(partition.partitionIndex(), older ? before : heard);
            }
            UUID formerId = known == null ? NO_ID : isRecreated ? known.id() : known.formerId();
            merged.put(name, new Topic(topic.errorCode(), id, formerId, Map.copyOf(leaders)));
        }
        return new MetadataSnapshot(addresses.isEmpty() ? brokers : addresses, merged);
    }

    /** Whether both ids are known and not the same. */
    static boolean areDifferent(UUID one, UUID other) {
        return !one.equals(NO_ID) && !other.equals(NO_ID) && !one.equals(other);
    }

    /** Without the topics that are not among these. */
    MetadataSnapshot retaining(Set<String> names) {
        return names.containsAll(topics.keySet())
                ? this
                : new MetadataSnapshot(
                        brokers,
                        topics.entrySet().stream()
                                .filter(topic -> names.contains(topic.getKey()))
                                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** Without the leader of a partition. */
    MetadataSnapshot withoutLeader(TopicPartition partition) {
        Topic topic = topics.get(partition.topic());
        Leader leader = leader(partition);
        if (topic == null || leader == null) {
            return this;
        }
        Map<Integer, Leader> leaders = new HashMap<>(topic.partitions());
        leaders.put(partition.partition(), new Leader(null, leader.epoch()));
        Map<String, Topic> changed = new HashMap<>(topics);
        changed.put(partition.topic(), new Topic(topic.error(), topic.id(), topic.formerId(), Map.copyOf(leaders)));
        return new MetadataSnapshot(brokers, changed);
    }

    /** The topic's id, {@link #NO_ID} if it is not known. */
    UUID topicId(String topic) {
        Topic known = topics.get(topic);
        return known == null ? NO_ID : known.id();
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
