package io.tailrace.server.cluster;

import io.tailrace.log.CorruptLogException;
import io.tailrace.log.Log;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Event;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.server.config.TopicSettings;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.PartitionLifecycle;
import io.tailrace.server.partition.Partitions;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens, creates and deletes the logs of this broker's replicas. A log that cannot be used takes its own partition offline. Used by
 * one thread.
 */
final class LocalReplicas {
    private static final Logger LOG = LoggerFactory.getLogger(LocalReplicas.class);

    private static final String MOVE_AWAY =
            "Another replica is in sync: move the log's directory away and restart this broker, which copies the partition anew";
    private static final String NO_OTHER_REPLICA =
            "No other replica is in sync to copy it from: start one that was and restart"
                    + " this broker, or move the log's directory away and restart to go on without its records";

    private final LogDirectories directories;
    private final Map<TopicPartition, Long> highWatermarks;
    private final Partitions partitions;
    private final PartitionLifecycle lifecycle;
    private final OfflineLogs offlineLogs;
    private final Clocks clocks;

    LocalReplicas(
            Storage storage,
            Partitions partitions,
            PartitionLifecycle lifecycle,
            OfflineLogs offlineLogs,
            Clocks clocks) {
        this.directories = storage.directories();
        this.highWatermarks = storage.highWatermarksAtStart();
        this.partitions = partitions;
        this.lifecycle = lifecycle;
        this.offlineLogs = offlineLogs;
        this.clocks = clocks;
    }

    /**
     * A replica that the cluster assigns to this broker.
     *
     * @param topicId tells its log from that of an earlier topic of the same name
     * @param hasOtherInSync whether another replica is in the ISR, so that this one can be copied anew
     * @param isNew whether it was assigned while this broker was running, so that no log of it can exist
     */
    record Assigned(TopicPartition id, UUID topicId, TopicSettings settings, boolean hasOtherInSync, boolean isNew) {}

    /** Opens a replica, creating its log if there is none. Empty if the log cannot be used: the partition is offline then. */
    Optional<Partition> open(Assigned replica) {
        TopicPartition id = replica.id();
        try {
            Log log = findOrCreate(replica);
            log.reconfigure(replica.settings().log());
            return Optional.of(lifecycle.open(log, replica.settings(), highWatermarks.getOrDefault(id, 0L)));
        } catch (CorruptLogException e) {
            LOG.error(
                    "Damaged log is not used, its partition is offline on this broker: {}: {}. {}",
                    id,
                    e.getMessage(),
                    replica.hasOtherInSync() ? MOVE_AWAY : NO_OTHER_REPLICA);
        } catch (IOException e) {
            LOG.error("Log cannot be opened, its partition is offline until this broker is restarted: {}", id, e);
        }
        partitions.markUnusable(id);
        offlineLogs.add(List.of(id));
        return Optional.empty();
    }

    private Log findOrCreate(Assigned replica) throws IOException {
        TopicPartition id = replica.id();
        long nowMs = clocks.wallMs().getAsLong();
        try {
            Optional<Log> existing =
                    directories.find(id, replica.topicId(), replica.settings().log(), nowMs);
            if (existing.isPresent()) {
                return existing.get();
            }
        } catch (CorruptLogException e) {
            if (!replica.hasOtherInSync() || !directories.isDamaged(id)) {
                throw e;
            }
            LOG.error(
                    "Damaged log is set aside, its partition is copied anew from its leader: {}: {}",
                    id,
                    e.getMessage());
            highWatermarks.remove(id);
            return directories.replaceDamaged(
                    id, replica.topicId(), replica.settings().log(), nowMs);
        }
        if (directories.lacksDirectory() && !replica.isNew()) {
            throw new IOException("it may be in a log directory that could not be opened:"
                    + " mend that disk or replace it by an empty one, then restart this broker");
        }
        highWatermarks.remove(id);
        return directories.create(id, replica.topicId(), replica.settings().log(), nowMs);
    }

    /** Closes a partition that is deleted or no longer assigned to this broker, and deletes its log. */
    void remove(Partition partition) {
        lifecycle.close(partition);
        partition.handle(new Event.Unassigned());
        deleteLog(partition.id());
    }

    /**
     * Deletes the logs of partitions that were deleted, or assigned to other brokers, while this broker was down.
     *
     * @param image the first one that was followed
     * @param unreadableTopics topics whose state in ZooKeeper cannot be parsed: their logs stay
     */
    void deleteStrays(int brokerId, ClusterImage image, Set<String> unreadableTopics) {
        for (TopicPartition id : directories.partitions()) {
            if (unreadableTopics.contains(id.topic())) {
                LOG.error("Log is not used, its topic's state in ZooKeeper cannot be parsed: {}", id);
                continue;
            }
            Optional<PartitionImage> agreed = image.partition(id);
            if (agreed.filter(found -> found.assignment().replicas().contains(brokerId))
                    .isEmpty()) {
                LOG.info("Deleting a log, its partition was deleted or moved while this broker was down: {}", id);
                deleteLog(id);
            }
        }
    }

    private void deleteLog(TopicPartition id) {
        highWatermarks.remove(id);
        try {
            directories.delete(id, clocks.wallMs().getAsLong());
        } catch (IOException e) {
            LOG.error("Log could not be deleted: {}", id, e);
        }
    }
}
