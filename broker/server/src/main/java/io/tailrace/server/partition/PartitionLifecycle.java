package io.tailrace.server.partition;

import io.tailrace.log.ReplicaLog;
import io.tailrace.replication.LogView;
import io.tailrace.replication.Replica;
import io.tailrace.server.config.TopicSettings;
import java.util.UUID;

/** Opens and closes partitions. Used only by the thread that applies images of the cluster. */
public final class PartitionLifecycle {
    private final int brokerId;
    private final Partitions partitions;
    private final PartitionContext context;

    /** Opens partitions of this broker and adds them to {@code partitions}. */
    public PartitionLifecycle(int brokerId, Partitions partitions, PartitionContext context) {
        this.brokerId = brokerId;
        this.partitions = partitions;
        this.context = context;
    }

    /**
     * Opens a partition on its log. It has no role until its assignment arrives.
     *
     * @param topicId the id of its topic
     * @param highWatermark the last one written, exclusive; 0 if there is none
     */
    public Partition open(ReplicaLog log, UUID topicId, TopicSettings settings, long highWatermark) {
        LogView view = new LogView(ReplicaStateMachine.extentOf(log), highWatermark);
        Replica replica =
                Replica.opened(log.partition(), brokerId, settings.policy().minInsyncReplicas(), view);
        TopicTraffic traffic = partitions.traffic().topic(log.partition().topic());
        Partition partition = new Partition(log, replica, new PartitionTopic(topicId, settings, traffic), context);
        partitions.put(partition);
        return partition;
    }

    /** Removes a partition. */
    public void close(Partition partition) {
        partitions.remove(partition.id());
    }
}
