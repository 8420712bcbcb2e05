package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds partitions that no longer exist, as after their topic was deleted, or created again with fewer partitions. Their
 * records can never be written, however long the producer waits. For one thread.
 *
 * <p>One snapshot is not enough: a broker that lags behind does not know a new partition yet, and one that has just started
 * knows no topic at all. So a partition is gone once all snapshots have lacked it for a while. Time without a new snapshot
 * does not count.
 */
final class GonePartitions {
    static final long PARTITION_GONE_MS = 5_000;
    static final long TOPIC_GONE_MS = 60_000;

    /** Between snapshots that are further apart, anything may have happened. */
    private static final long SNAPSHOT_GAP_MS_MAX = 30_000;

    private final Metadata metadata;
    private final Map<TopicPartition, Missing> missing = new HashMap<>();

    /** When the first and the last of the snapshots that lack a partition were requested. */
    private record Missing(long firstMs, long lastMs) {
        Missing until(long requestedMs) {
            return new Missing(requestedMs - lastMs > SNAPSHOT_GAP_MS_MAX ? requestedMs : firstMs, requestedMs);
        }
    }

    GonePartitions(Metadata metadata) {
        this.metadata = metadata;
    }

    /** Whether the partition is gone. To be called for each snapshot while records wait for the partition. */
    boolean isGone(TopicPartition partition) {
        MetadataSnapshot.Topic topic = metadata.snapshot().topics().get(partition.topic());
        if (topic != null && topic.partitions().containsKey(partition.partition())) {
            forget(partition);
            return false;
        }
        long requestedMs = metadata.snapshotRequestedMs();
        Missing now = missing.getOrDefault(partition, new Missing(requestedMs, requestedMs))
                .until(requestedMs);
        missing.put(partition, now);
        return now.lastMs - now.firstMs >= (isUnknown(topic) ? TOPIC_GONE_MS : PARTITION_GONE_MS);
    }

    private static boolean isUnknown(MetadataSnapshot.@Nullable Topic topic) {
        return topic == null || topic.partitions().isEmpty();
    }

    /** No records wait for the partition. */
    void forget(TopicPartition partition) {
        missing.remove(partition);
    }

    /** Why records for a partition that is gone fail. */
    ClientException failure(TopicPartition partition) {
        int count = metadata.snapshot().partitionCount(partition.topic());
        String found = count == 0
                ? "brokers do not know the topic any more"
                : "the topic has only the partitions 0 to " + (count - 1) + " now";
        return new ClientException(
                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                partition + ": " + found + "; records that wait for an acknowledgement may or may not be written");
    }
}
