package io.tailrace.server.partition;

import io.tailrace.log.EpochEnd;
import io.tailrace.log.Log;
import io.tailrace.replication.LeaderEpochs;
import io.tailrace.replication.LeaderEpochs.EpochStart;
import io.tailrace.replication.LogView;
import io.tailrace.replication.Replica;
import io.tailrace.server.config.TopicSettings;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

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
        LogView view = new LogView(epochsOf(log), log.logStartOffset(), log.logEndOffset(), highWatermark);
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

    /** The log tells where each epoch ends; the one before ends where an epoch starts. */
    private static LeaderEpochs epochsOf(Log log) {
        Deque<EpochStart> starts = new ArrayDeque<>();
        int epoch = log.latestEpoch().orElse(LeaderEpochs.UNKNOWN);
        while (epoch > LeaderEpochs.UNKNOWN) {
            Optional<EpochEnd> before = log.endOffsetFor(epoch - 1);
            starts.addFirst(
                    new EpochStart(epoch, before.map(EpochEnd::endOffset).orElseGet(log::logStartOffset)));
            epoch = before.map(EpochEnd::epoch).orElse(LeaderEpochs.UNKNOWN);
        }
        return LeaderEpochs.of(List.copyOf(starts));
    }
}
