package io.tailrace.server.partition;

import io.tailrace.log.Log;
import io.tailrace.replication.LogView;
import io.tailrace.replication.Replica;
import io.tailrace.server.config.TopicSettings;

/** Opens and closes partitions. Used by one thread: the one that acts on images of the cluster. */
public final class PartitionLifecycle {
    private final int brokerId;
    private final Partitions partitions;
    private final Surroundings surroundings;

    /** Opens partitions of this broker, and enters them among {@code partitions}. */
    public PartitionLifecycle(int brokerId, Partitions partitions, Surroundings surroundings) {
        this.brokerId = brokerId;
        this.partitions = partitions;
        this.surroundings = surroundings;
    }

    /**
     * Makes a partition of a log. It has no role before it is told what the cluster has agreed on.
     *
     * @param highWatermark as it was last written, exclusive; 0 if it never was
     */
    public Partition open(Log log, TopicSettings settings, long highWatermark) {
        LogView view = new LogView(Partition.extentOf(log), highWatermark);
        Replica replica =
                Replica.opened(log.partition(), brokerId, settings.policy().minInsyncReplicas(), view);
        Partition partition = new Partition(log, replica, settings, surroundings);
        partitions.put(partition);
        return partition;
    }

    /** Forgets a partition. */
    public void close(Partition partition) {
        partitions.remove(partition.id());
    }
}
