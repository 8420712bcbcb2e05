package io.tailrace.server.partition;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.ClusterImage;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The partitions that are open on this broker. Thread-safe. */
public final class Partitions {
    private final Map<TopicPartition, Partition> open = new ConcurrentHashMap<>();
    private final Supplier<ClusterImage> cluster;

    /** @param cluster the cluster as this broker knows it now */
    public Partitions(Supplier<ClusterImage> cluster) {
        this.cluster = cluster;
    }

    /** The partition, or null if it is not on this broker. */
    public @Nullable Partition find(String topic, int partition) {
        return partition < 0 ? null : open.get(new TopicPartition(topic, partition));
    }

    /** What to answer for a partition that {@link #find} does not find. */
    public ErrorCode errorOfMissing(String topic, int partition) {
        boolean exists = partition >= 0
                && cluster.get().partition(new TopicPartition(topic, partition)).isPresent();
        return exists ? ErrorCode.NOT_LEADER_OR_FOLLOWER : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }

    /** All of them, in no order. */
    public Collection<Partition> all() {
        return open.values();
    }

    void put(Partition partition) {
        open.put(partition.id(), partition);
    }

    void remove(TopicPartition id) {
        open.remove(id);
    }
}
