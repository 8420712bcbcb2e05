package io.tailrace.server.cluster;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Event;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
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
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens, changes and closes this broker's partitions according to images of the cluster, and passes its registration on to them.
 * Used by one thread. Parts that do not change between two images cost only a comparison of references.
 *
 * <p>Open partitions are changed before logs are created. The creation of logs is interrupted when a newer image arrives, and
 * continues with that one. So a failover does not wait for thousands of new partitions.
 *
 * <p>It does not wait for a busy partition, whose disk may have stalled: {@link #catchUp} brings the partition up to date later.
 */
final class ClusterFollower {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterFollower.class);

    private final int brokerId;
    private final LocalReplicas replicas;
    private final Partitions partitions;
    private final TopicDefaults defaults;
    private final RegistrationStatus registration;

    private final Map<String, UUID> openTopics = new HashMap<>();
    /** Partitions that were busy when something changed: they lack a part of {@link #last}, or the registration. */
    private final Set<TopicPartition> behind = new HashSet<>();

    /** Assigned partitions that are not open yet, of {@link #last}; of each topic in order. */
    private final SortedMap<String, SortedSet<Integer>> unopened = new TreeMap<>();

    private ClusterImage last = ClusterImage.empty();
    private ClusterImage shown = ClusterImage.empty();
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

    /** Acts on a whole image. */
    void follow(ClusterImage image) {
        ClusterImage unused = follow(image, () -> false);
    }

    /**
     * Acts on an image.
     *
     * @param isSuperseded whether a newer image has arrived, which will be followed next. Checked after each partition that is
     *     opened, except for the first image: a broker is ready once all of its partitions are open.
     * @return the image as far as it has been acted on, without partitions that are not open yet
     */
    ClusterImage follow(ClusterImage image, BooleanSupplier isSuperseded) {
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
                follow(topic, last.topics().get(topic.name()));
            }
        }
        last = image;
        for (TopicPartition id : replicas.awaitingLeader()) {
            if (isLedElsewhere(image, id)) {
                unopened.computeIfAbsent(id.topic(), name -> new TreeSet<>()).add(id.partition());
            }
        }
        openUntil(isSuperseded);
        hasFollowed = true;
        shown = opened();
        return shown;
    }

    /** Opens partitions, at least one. */
    private void openUntil(BooleanSupplier isSuperseded) {
        while (!unopened.isEmpty()) {
            Map.Entry<String, SortedSet<Integer>> next =
                    unopened.entrySet().iterator().next();
            TopicImage topic = last.topic(next.getKey()).orElseThrow();
            SortedSet<Integer> indexes = next.getValue();
            TopicSettings settings = defaults.with(topic.configs());
            while (!indexes.isEmpty()) {
                int index = indexes.first();
                indexes.remove(index);
                if (indexes.isEmpty()) {
                    unopened.remove(topic.name());
                }
                open(last, new TopicPartition(topic.name(), index), topic.id(), settings)
                        .ifPresent(partition ->
                                passChange(partition, topic.partitions().get(index), settings));
                if (hasFollowed && isSuperseded.getAsBoolean()) {
                    return;
                }
            }
        }
    }

    /** The last image; of topics with unopened partitions only the partitions that were shown before. */
    private ClusterImage opened() {
        if (unopened.isEmpty()) {
            return last;
        }
        SortedMap<String, TopicImage> topics = new TreeMap<>(last.topics());
        for (String name : unopened.keySet()) {
            TopicImage topic = last.topic(name).orElseThrow();
            int count = shown.topic(name)
                    .filter(before -> before.id().equals(topic.id()))
                    .map(before -> Math.min(
                            before.partitions().size(), topic.partitions().size()))
                    .orElse(0);
            if (count == 0) {
                topics.remove(name);
            } else {
                topics.put(
                        name,
                        new TopicImage(name, topic.id(), topic.partitions().subList(0, count), topic.configs()));
            }
        }
        return last.withTopics(topics);
    }

    /** This broker has been registered, or has lost its registration. */
    void registrationChanged() {
        Event changed = registration.event();
        partitions.all().forEach(partition -> pass(partition, changed));
    }

    /** Brings partitions that were busy up to date. Returns whether all of them now are. */
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

    private void follow(TopicImage topic, @Nullable TopicImage before) {
        boolean comparable = before != null
                && openTopics.containsKey(topic.name())
                && topic.configs().equals(before.configs());
        SortedSet<Integer> changed = new TreeSet<>(topic.changedSince(comparable ? before : null));
        SortedSet<Integer> left = unopened.remove(topic.name());
        if (left != null) {
            changed.addAll(left);
        }
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
                unopened.computeIfAbsent(topic.name(), name -> new TreeSet<>()).add(index);
            } else if (!isAssigned && partition != null) {
                replicas.remove(partition);
                partition = null;
            } else if (!isAssigned && partitions.isUnusable(id)) {
                replicas.removeUnusable(id);
            }
            if (partition != null) {
                passChange(partition, agreed, settings);
            }
        }
    }

    private Optional<Partition> open(ClusterImage image, TopicPartition id, UUID topicId, TopicSettings settings) {
        Optional<Partition> opened = replicas.open(
                new LocalReplicas.Assigned(id, topicId, settings, isLedElsewhere(image, id), hasFollowed));
        opened.ifPresent(partition -> {
            behind.remove(id);
            pass(partition, new Event.BrokersChanged(image.brokers()));
            pass(partition, registration.event());
        });
        return opened;
    }

    /** Whether another broker leads the partition under the registration in which it was elected. */
    private boolean isLedElsewhere(ClusterImage image, TopicPartition id) {
        return image.partition(id)
                .flatMap(PartitionImage::state)
                .flatMap(PartitionState::leaderIncarnation)
                .filter(leader -> leader.brokerId() != brokerId)
                .filter(leader -> image.broker(leader.brokerId())
                        .filter(broker -> broker.incarnation().equals(leader))
                        .isPresent())
                .isPresent();
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
        unopened.remove(topic);
        int count = last.topic(topic).map(was -> was.partitions().size()).orElse(0);
        List<Partition> open = IntStream.range(0, count)
                .mapToObj(index -> Optional.ofNullable(partitions.find(topic, index)))
                .flatMap(Optional::stream)
                .toList();
        open.forEach(replicas::remove);
        IntStream.range(0, count)
                .mapToObj(index -> new TopicPartition(topic, index))
                .filter(partitions::isUnusable)
                .forEach(replicas::removeUnusable);
        LOG.info("Topic is deleted, with {} partitions here: {}", open.size(), topic);
    }
}
