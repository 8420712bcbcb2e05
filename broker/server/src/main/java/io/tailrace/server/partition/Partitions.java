package io.tailrace.server.partition;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.TopicImage;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The open partitions of this broker. Thread-safe. */
public final class Partitions {
    private final Map<TopicPartition, Partition> open = new ConcurrentHashMap<>();
    private final Set<TopicPartition> unusable = ConcurrentHashMap.newKeySet();
    private final Supplier<ClusterImage> cluster;
    private final BrokerTraffic traffic = new BrokerTraffic();
    private volatile TopicNames names = TopicNames.of(ClusterImage.empty());

    /** The names of an image's topics by id. */
    private record TopicNames(ClusterImage image, Map<UUID, String> byId) {
        static TopicNames of(ClusterImage image) {
            Map<UUID, String> byId = new HashMap<>();
            for (TopicImage topic : image.topics().values()) {
                byId.put(topic.id(), topic.name());
            }
            return new TopicNames(image, byId);
        }
    }

    /** @param cluster this broker's current image of the cluster */
    public Partitions(Supplier<ClusterImage> cluster) {
        this.cluster = cluster;
    }

    /** The partition, or null if it is not on this broker. */
    public @Nullable Partition find(String topic, int partition) {
        return partition < 0 ? null : find(new TopicPartition(topic, partition));
    }

    /** The partition, or null if it is not on this broker. */
    public @Nullable Partition find(TopicPartition id) {
        return open.get(id);
    }

    /** The name of the topic with this id, or null if this broker knows no such topic. */
    @SuppressWarnings("ReferenceEquality") // An image is replaced as a whole.
    public @Nullable String topicName(UUID topicId) {
        ClusterImage image = cluster.get();
        TopicNames current = names;
        if (current.image() != image) {
            current = TopicNames.of(image);
            names = current;
        }
        return current.byId().get(topicId);
    }

    /** The error to answer if {@link #find} finds nothing. */
    public ErrorCode errorOfMissing(String topic, int partition) {
        TopicPartition id = new TopicPartition(topic, Math.max(0, partition));
        if (partition < 0 || cluster.get().partition(id).isEmpty()) {
            return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        }
        return isUnusable(id) ? ErrorCode.KAFKA_STORAGE_ERROR : ErrorCode.NOT_LEADER_OR_FOLLOWER;
    }

    /** Records that the partition's log cannot be used. */
    public void markUnusable(TopicPartition id) {
        unusable.add(id);
    }

    /** Undoes {@link #markUnusable}. */
    public void markUsable(TopicPartition id) {
        unusable.remove(id);
    }

    /** Whether the partition was {@linkplain #markUnusable marked} as unusable. */
    public boolean isUnusable(TopicPartition id) {
        return unusable.contains(id);
    }

    /** All open partitions, in no order. */
    public Collection<Partition> all() {
        return open.values();
    }

    /** The traffic counts of all partitions. */
    public BrokerTraffic traffic() {
        return traffic;
    }

    void put(Partition partition) {
        open.put(partition.id(), partition);
    }

    void remove(TopicPartition id) {
        open.remove(id);
    }
}
