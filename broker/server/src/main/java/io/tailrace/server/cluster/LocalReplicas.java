package io.tailrace.server.cluster;

import io.tailrace.log.CorruptLogException;
import io.tailrace.log.Log;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Event;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.config.TopicSettings;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.PartitionLifecycle;
import io.tailrace.server.partition.Partitions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens, creates and deletes the logs of this broker's replicas. A log that cannot be used takes only its own partition offline.
 * Used by one thread.
 */
final class LocalReplicas {
    private static final Logger LOG = LoggerFactory.getLogger(LocalReplicas.class);

    private static final String MOVE_AWAY =
            "Another replica leads: move the log's directory away and restart this broker, which then copies the partition";
    private static final String NO_OTHER_REPLICA =
            "It is copied from its leader as soon as another replica leads. If none that was in sync can be started, elect"
                    + " another one uncleanly, or move the log's directory away and restart to continue without its records";

    private final LogDirectories directories;
    private final Map<TopicPartition, Long> highWatermarks;
    private final Partitions partitions;
    private final PartitionLifecycle lifecycle;
    private final OfflineLogs offlineLogs;
    private final Clocks clocks;

    /** Partitions with a damaged log that is set aside once another replica leads. */
    private final Set<TopicPartition> awaitingLeader = new HashSet<>();

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
     * @param topicId distinguishes its log from that of an earlier topic of the same name
     * @param isLedElsewhere whether another registered broker, which has every committed record, leads
     * @param isNew whether it was assigned while this broker was running, so that no log of it can exist
     */
    record Assigned(TopicPartition id, UUID topicId, TopicSettings settings, boolean isLedElsewhere, boolean isNew) {}

    /** Opens a replica, creating its log if there is none. Empty if the log cannot be used: the partition is offline then. */
    Optional<Partition> open(Assigned replica) {
        TopicPartition id = replica.id();
        try {
            Log log = findOrCreate(replica);
            log.reconfigure(replica.settings().log());
            setUsable(id);
            return Optional.of(lifecycle.open(
                    directories.logs().movable(log),
                    replica.topicId(),
                    replica.settings(),
                    highWatermarks.getOrDefault(id, 0L)));
        } catch (CorruptLogException e) {
            LOG.error(
                    "Damaged log is not used, its partition is offline on this broker: {}: {}. {}",
                    id,
                    e.getMessage(),
                    replica.isLedElsewhere() ? MOVE_AWAY : NO_OTHER_REPLICA);
            if (directories.logs().isDamaged(id)) {
                awaitingLeader.add(id);
            }
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
            Optional<Log> existing = directories
                    .logs()
                    .find(id, replica.topicId(), replica.settings().log(), nowMs);
            if (existing.isPresent()) {
                return existing.get();
            }
        } catch (CorruptLogException e) {
            if (!replica.isLedElsewhere() || !directories.logs().isDamaged(id)) {
                throw e;
            }
            LOG.error("Damaged log set aside, copying the partition from its leader: {}: {}", id, e.getMessage());
            highWatermarks.remove(id);
            return directories
                    .logs()
                    .replaceDamaged(id, replica.topicId(), replica.settings().log(), nowMs);
        }
        if (directories.lacksDirectory() && !replica.isNew()) {
            throw new IOException("it may be in a log directory that could not be opened:"
                    + " repair that disk or replace it by an empty one, then restart this broker");
        }
        highWatermarks.remove(id);
        return directories
                .logs()
                .create(id, replica.topicId(), replica.settings().log(), nowMs);
    }

    private void setUsable(TopicPartition id) {
        awaitingLeader.remove(id);
        partitions.markUsable(id);
        offlineLogs.remove(id);
    }

    /** Partitions to be opened again once {@link Assigned#isLedElsewhere another replica leads}. */
    Set<TopicPartition> awaitingLeader() {
        return Set.copyOf(awaitingLeader);
    }

    /** Deletes the unusable log of a partition that is deleted or no longer assigned to this broker. */
    void removeUnusable(TopicPartition id) {
        setUsable(id);
        deleteLog(id);
    }

    /**
     * Partitions of an image that have this broker in their ISR although it has no log of them: their records on this broker are
     * lost.
     */
    List<TopicPartition> missingInSync(int brokerId, ClusterImage image) {
        Set<TopicPartition> present = Set.copyOf(directories.partitions());
        List<TopicPartition> missing = new ArrayList<>();
        for (TopicImage topic : image.topics().values()) {
            for (int index = 0; index < topic.partitions().size(); index++) {
                TopicPartition id = new TopicPartition(topic.name(), index);
                boolean inSync = topic.partitions()
                        .get(index)
                        .state()
                        .filter(state -> state.isrIds().contains(brokerId))
                        .isPresent();
                if (inSync && !present.contains(id)) {
                    missing.add(id);
                }
            }
        }
        return missing;
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
        Set<TopicPartition> present = new HashSet<>(directories.partitions());
        present.addAll(directories.logs().unfinishedMoves().keySet());
        for (TopicPartition id : present) {
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
        offlineLogs.remove(id);
        try {
            directories.logs().delete(id, clocks.wallMs().getAsLong());
        } catch (IOException e) {
            LOG.error("Log could not be deleted: {}", id, e);
        }
    }
}
