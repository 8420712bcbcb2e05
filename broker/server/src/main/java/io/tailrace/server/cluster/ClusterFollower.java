package io.tailrace.server.cluster;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Event;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.config.TopicDefaults;
import io.tailrace.server.config.TopicSettings;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import java.util.HashMap;
import java.util.HashSet;
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
 * Opens, changes and closes this broker's partitions as images of the cluster say, and passes its registration on to them. Used by
 * one thread. What has not changed from one image to the next costs a comparison of references.
 *
 * <p>It does not wait for a partition that is busy, perhaps with a stalled disk: {@link #catchUp} brings it up to date later.
 */
final class ClusterFollower {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterFollower.class);

    private final int brokerId;
    private final LocalReplicas replicas;
    private final Partitions partitions;
    private final TopicDefaults defaults;
    private final RegistrationStatus registration;

    private final Map<String, UUID> openTopics = new HashMap<>();
    /** Partitions that were busy when something changed: they have not got all of {@link #last} or the registration. */
    private final Set<TopicPartition> behind = new HashSet<>();

    private ClusterImage last = ClusterImage.empty();
    private boolean hasFollowed;

    ClusterFollower(
            int brokerId,
            LocalReplicas replicas,
            Partitions partitions,
            TopicDefaults defaults,
            RegistrationStatus registration) {
        this.brokerId = brokerId;
        this.replicas = replicas;
        this.partitions = partitions;
        this.defaults = defaults;
        this.registration = registration;
    }

    /** Acts on an image. */
    void follow(ClusterImage image) {
        for (String topic : Set.copyOf(openTopics.keySet())) {
            TopicImage now =
                    image.deleting().contains(topic) ? null : image.topics().get(topic);
            if (now == null || !now.id().equals(openTopics.get(topic))) {
                closeTopic(topic);
            }
        }
        if (!image.brokers().equals(last.brokers())) {
            Event changed = new Event.BrokersChanged(image.brokers());
            partitions.all().forEach(partition -> pass(partition, changed));
        }
        for (TopicImage topic : image.topics().values()) {
            if (!image.deleting().contains(topic.name())) {
                follow(image, topic, last.topics().get(topic.name()));
            }
        }
        last = image;
        hasFollowed = true;
    }

    /** This broker has been registered, or has lost its registration. */
    void registrationChanged() {
        Event changed = registration.event();
        partitions.all().forEach(partition -> pass(partition, changed));
    }

    /** Passes the newest of everything on to partitions that were busy. Returns whether all of them have it now. */
    boolean catchUp() {
        for (TopicPartition id : Set.copyOf(behind)) {
            behind.remove(id);
            Partition partition = partitions.find(id.topic(), id.partition());
            if (partition != null) {
                pass(partition, new Event.BrokersChanged(last.brokers()));
                pass(partition, registration.event());
                pass(partition, minInsyncChanged(partition));
                last.partition(id).ifPresent(agreed -> passState(partition, agreed));
            }
        }
        return behind.isEmpty();
    }

    /** Deletes logs that no partition of the first image claims; see {@link LocalReplicas#deleteStrays}. */
    void deleteStrays(Set<String> unreadableTopics) {
        replicas.deleteStrays(brokerId, last, unreadableTopics);
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
            boolean isAssigned = agreed.assignment().replicas().contains(brokerId);
            if (isAssigned && partition == null && !partitions.isUnusable(id)) {
                partition = open(image, id, topic.id(), settings).orElse(null);
            } else if (!isAssigned && partition != null) {
                replicas.remove(partition);
                partition = null;
            }
            if (partition != null) {
                passChange(partition, agreed, settings);
            }
        }
    }

    private Optional<Partition> open(ClusterImage image, TopicPartition id, UUID topicId, TopicSettings settings) {
        boolean hasOtherInSync = image.partition(id)
                .flatMap(PartitionImage::state)
                .filter(state -> state.isrIds().stream().anyMatch(other -> other != brokerId))
                .isPresent();
        Optional<Partition> opened =
                replicas.open(new LocalReplicas.Assigned(id, topicId, settings, hasOtherInSync, hasFollowed));
        opened.ifPresent(partition -> {
            behind.remove(id);
            pass(partition, new Event.BrokersChanged(image.brokers()));
            pass(partition, registration.event());
        });
        return opened;
    }

    private void passChange(Partition partition, PartitionImage agreed, TopicSettings settings) {
        if (!partition.settings().equals(settings)) {
            partition.reconfigure(settings);
            pass(partition, minInsyncChanged(partition));
        }
        passState(partition, agreed);
    }

    private static Event minInsyncChanged(Partition partition) {
        return new Event.MinInsyncChanged(partition.settings().policy().minInsyncReplicas());
    }

    private void passState(Partition partition, PartitionImage agreed) {
        agreed.state().ifPresent(state -> pass(partition, new Event.StateRead(agreed.assignment(), state)));
    }

    /** A partition that has missed one event gets the following ones by {@link #catchUp}, too, so that their order is kept. */
    private void pass(Partition partition, Event event) {
        if (behind.contains(partition.id()) || !partition.tryHandle(event)) {
            behind.add(partition.id());
        }
    }

    private void closeTopic(String topic) {
        openTopics.remove(topic);
        int count = last.topic(topic).map(was -> was.partitions().size()).orElse(0);
        List<Partition> open = IntStream.range(0, count)
                .mapToObj(index -> Optional.ofNullable(partitions.find(topic, index)))
                .flatMap(Optional::stream)
                .toList();
        open.forEach(replicas::remove);
        LOG.info("Topic is deleted, with {} partitions here: {}", open.size(), topic);
    }
}
