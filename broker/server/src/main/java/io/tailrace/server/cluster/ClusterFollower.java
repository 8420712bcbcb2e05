package io.tailrace.server.cluster;

import io.tailrace.log.Log;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Event;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.config.TopicDefaults;
import io.tailrace.server.config.TopicSettings;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.PartitionLifecycle;
import io.tailrace.server.partition.Partitions;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens, changes and closes this broker's partitions as images of the cluster say. Used by one thread. What has not
 * changed from one image to the next costs a comparison of references.
 */
final class ClusterFollower {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterFollower.class);

    private final int brokerId;
    private final LogDirectories directories;
    private final Map<TopicPartition, Long> highWatermarks;
    private final Partitions partitions;
    private final PartitionLifecycle lifecycle;
    private final OfflineLogs offlineLogs;
    private final TopicDefaults defaults;
    private final OwnEpoch ownEpoch;
    private final Clocks clocks;

    private final Map<String, UUID> openTopics = new HashMap<>();
    private ClusterImage last = ClusterImage.empty();

    ClusterFollower(
            int brokerId,
            Storage storage,
            PartitionsOf partitionsOf,
            TopicDefaults defaults,
            OwnEpoch ownEpoch,
            Clocks clocks) {
        this.brokerId = brokerId;
        this.directories = storage.directories();
        this.highWatermarks = storage.highWatermarksAtStart();
        this.partitions = partitionsOf.partitions();
        this.lifecycle = partitionsOf.lifecycle();
        this.offlineLogs = partitionsOf.offlineLogs();
        this.defaults = defaults;
        this.ownEpoch = ownEpoch;
        this.clocks = clocks;
    }

    /** The partitions, what opens and closes them, and those that cannot be. */
    record PartitionsOf(Partitions partitions, PartitionLifecycle lifecycle, OfflineLogs offlineLogs) {}

    /** Acts on an image. */
    void follow(ClusterImage image) {
        for (String topic : Set.copyOf(openTopics.keySet())) {
            TopicImage now =
                    image.deleting().contains(topic) ? null : image.topics().get(topic);
            if (now == null || !now.id().equals(openTopics.get(topic))) {
                closeTopic(topic);
            }
        }
        boolean brokersChanged = !image.brokers().equals(last.brokers());
        if (brokersChanged) {
            Event changed = new Event.BrokersChanged(image.brokers());
            partitions.all().forEach(partition -> partition.handle(changed));
        }
        for (TopicImage topic : image.topics().values()) {
            if (!image.deleting().contains(topic.name())) {
                follow(image, topic, last.topics().get(topic.name()));
            }
        }
        last = image;
    }

    /**
     * Deletes the logs of partitions that were deleted, or went elsewhere, while this broker was away. Call after the first image.
     *
     * @param unreadableTopics of which nothing is known: their logs stay
     */
    void deleteStrays(Set<String> unreadableTopics) {
        for (TopicPartition partition : directories.partitions()) {
            if (unreadableTopics.contains(partition.topic())) {
                LOG.error("the log of {} is not used: its topic cannot be understood", partition);
                continue;
            }
            boolean isHere = last.partition(partition)
                    .filter(agreed -> agreed.assignment().replicas().contains(brokerId))
                    .isPresent();
            if (!isHere) {
                LOG.info(
                        "deleting the log of {}: it was deleted or went elsewhere while this broker was down",
                        partition);
                deleteLog(partition);
            }
        }
    }

    private void follow(ClusterImage image, TopicImage topic, @Nullable TopicImage before) {
        boolean comparable = before != null
                && openTopics.containsKey(topic.name())
                && topic.configs().equals(before.configs());
        List<Integer> changed = topic.changedSince(comparable ? before : null);
        if (changed.isEmpty()) {
            return;
        }
        openTopics.put(topic.name(), topic.id());
        TopicSettings settings = defaults.with(topic.configs());
        for (int index : changed) {
            TopicPartition id = new TopicPartition(topic.name(), index);
            PartitionImage agreed = topic.partitions().get(index);
            Partition partition = partitions.find(topic.name(), index);
            boolean mine = agreed.assignment().replicas().contains(brokerId);
            if (partition == null && mine && !partitions.isUnusable(id)) {
                partition = open(image, id, topic.id(), settings);
            } else if (partition != null && !mine) {
                close(partition);
                deleteLog(id);
                partition = null;
            }
            if (partition != null) {
                tell(partition, agreed, settings);
            }
        }
    }

    private static void tell(Partition partition, PartitionImage agreed, TopicSettings settings) {
        if (!partition.settings().equals(settings)) {
            partition.reconfigure(settings);
            partition.handle(new Event.MinInsyncChanged(settings.policy().minInsyncReplicas()));
        }
        agreed.state().ifPresent(state -> partition.handle(new Event.StateRead(agreed.assignment(), state)));
    }

    private @Nullable Partition open(ClusterImage image, TopicPartition id, UUID topicId, TopicSettings settings) {
        try {
            Log log = directories.openOrCreate(
                    id, topicId, settings.log(), clocks.wallMs().getAsLong());
            log.reconfigure(settings.log());
            Partition partition = lifecycle.open(log, settings, highWatermarks.getOrDefault(id, 0L));
            partition.handle(new Event.BrokersChanged(image.brokers()));
            ownEpoch.tell(partition);
            return partition;
        } catch (IOException e) {
            LOG.error("{} cannot be opened, and stays offline until this broker is restarted", id, e);
            partitions.markUnusable(id);
            offlineLogs.add(List.of(id));
            return null;
        }
    }

    private void closeTopic(String topic) {
        openTopics.remove(topic);
        int count = last.topic(topic).map(was -> was.partitions().size()).orElse(0);
        List<Partition> gone = IntStream.range(0, count)
                .mapToObj(index -> Optional.ofNullable(partitions.find(topic, index)))
                .flatMap(Optional::stream)
                .toList();
        for (Partition partition : gone) {
            close(partition);
            deleteLog(partition.id());
        }
        LOG.info("topic {} is deleted, with {} partitions here", topic, gone.size());
    }

    private void close(Partition partition) {
        lifecycle.close(partition);
        partition.handle(new Event.Unassigned());
    }

    private void deleteLog(TopicPartition id) {
        highWatermarks.remove(id);
        try {
            directories.delete(id, clocks.wallMs().getAsLong());
        } catch (IOException e) {
            LOG.error("the log of {} could not be deleted", id, e);
        }
    }
}
