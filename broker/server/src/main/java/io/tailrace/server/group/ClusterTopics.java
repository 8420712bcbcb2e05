package io.tailrace.server.group;

import io.tailrace.coordination.ClusterTree;
import io.tailrace.groups.ClusterSnapshot;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.TopicImage;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Shows the cluster to the rules of groups. Its version changes only with something that concerns them. Leaders and in-sync
 * replicas do not, nor does a broker that leaves, because its rack is remembered. Thread-safe.
 */
public final class ClusterTopics implements Supplier<ClusterSnapshot> {
    private final Supplier<ClusterTree.Reading> readings;
    private volatile Snapshot newest = new Snapshot(0, ClusterImage.empty(), Set.of(), Map.of(), Map.of(), Map.of());

    /** @param readings the last reading of the cluster's state */
    public ClusterTopics(Supplier<ClusterTree.Reading> readings) {
        this.readings = readings;
    }

    /** Almost free while the image is the same. */
    @Override
    public ClusterSnapshot get() {
        ClusterTree.Reading reading = readings.get();
        Snapshot current = newest;
        return current.isOf(reading.image(), reading.unreadableTopics()) ? current : renewed();
    }

    /** Reads again under the monitor, so that a delayed thread does not replace a newer snapshot. */
    private synchronized Snapshot renewed() {
        ClusterTree.Reading now = readings.get();
        if (!newest.isOf(now.image(), now.unreadableTopics())) {
            newest = newest.renewed(now.image(), now.unreadableTopics());
        }
        return newest;
    }

    /** @param racks by broker */
    private record ShownTopic(TopicImage image, Map<Integer, String> racks) implements ClusterSnapshot.Topic {
        @Override
        public String name() {
            return image.name();
        }

        @Override
        public UUID id() {
            return image.id();
        }

        @Override
        public int partitions() {
            return image.partitions().size();
        }

        @Override
        public Set<String> racks(int partition) {
            return replicas(image, partition).stream()
                    .map(racks::get)
                    .filter(Objects::nonNull)
                    .collect(Collectors.toUnmodifiableSet());
        }

        @SuppressWarnings("ReferenceEquality") // An image shares what did not change with the one before.
        boolean showsTheSame(TopicImage other) {
            List<PartitionImage> before = image.partitions();
            List<PartitionImage> after = other.partitions();
            if (image == other) {
                return true;
            }
            if (!image.id().equals(other.id()) || before.size() != after.size()) {
                return false;
            }
            for (int i = 0; i < before.size(); i++) {
                if (before.get(i) != after.get(i) && !replicas(image, i).equals(replicas(other, i))) {
                    return false;
                }
            }
            return true;
        }

        private static List<Integer> replicas(TopicImage topic, int partition) {
            return topic.partitions().get(partition).assignment().replicas();
        }
    }

    private record Snapshot(
            long version,
            ClusterImage image,
            Set<String> unreadable,
            Map<Integer, String> racks,
            Map<String, ShownTopic> byName,
            Map<UUID, ShownTopic> byId)
            implements ClusterSnapshot {

        @SuppressWarnings("ReferenceEquality") // Each is replaced as a whole.
        boolean isOf(ClusterImage otherImage, Set<String> otherUnreadable) {
            return image == otherImage && unreadable == otherUnreadable;
        }

        Snapshot renewed(ClusterImage newer, Set<String> unreadableNow) {
            Map<Integer, String> racksNow = new HashMap<>(racks);
            newer.brokers().values().forEach(broker -> remember(broker, racksNow));
            boolean isSame = racksNow.equals(racks);
            Map<String, ShownTopic> topics = new TreeMap<>();
            for (TopicImage topic : newer.topics().values()) {
                ShownTopic before = byName.get(topic.name());
                boolean unchanged = isSame && before != null && before.showsTheSame(topic);
                topics.put(topic.name(), unchanged ? before : new ShownTopic(topic, racksNow));
            }
            isSame = isSame && topics.equals(byName);
            if (isSame) {
                return new Snapshot(version, newer, unreadableNow, racks, byName, byId);
            }
            Map<UUID, ShownTopic> ids = new HashMap<>();
            topics.values().forEach(topic -> ids.put(topic.id(), topic));
            return new Snapshot(version + 1, newer, unreadableNow, racksNow, topics, ids);
        }

        private static void remember(Broker broker, Map<Integer, String> racks) {
            broker.rack().ifPresentOrElse(rack -> racks.put(broker.id(), rack), () -> racks.remove(broker.id()));
        }

        @Override
        public Optional<ClusterSnapshot.Topic> topic(String name) {
            return Optional.ofNullable(byName.get(name));
        }

        @Override
        public Optional<ClusterSnapshot.Topic> topic(UUID id) {
            return Optional.ofNullable(byId.get(id));
        }

        @Override
        public boolean mayExist(String name) {
            return byName.containsKey(name) || unreadable.contains(name);
        }

        @Override
        public Collection<String> topicNames() {
            return Collections.unmodifiableSet(byName.keySet());
        }
    }
}
