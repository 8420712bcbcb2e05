package io.tailrace.cli;

import io.tailrace.client.ClientException;
import io.tailrace.client.ClusterAdmin;
import io.tailrace.client.ClusterDescription;
import io.tailrace.client.ConfigEntry;
import io.tailrace.client.IsolationLevel;
import io.tailrace.client.LogDirectoryDescription;
import io.tailrace.client.LogEnd;
import io.tailrace.client.NewTopic;
import io.tailrace.client.Reassignment;
import io.tailrace.client.TopicDescription;
import io.tailrace.client.TopicDescription.Partition;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A cluster in memory whose state only a test changes. Not thread-safe.
 */
final class InMemoryAdmin implements ClusterAdmin {
    final Map<String, NewTopic> topics = new TreeMap<>();
    final Map<TopicPartition, Long> highWatermarks = new HashMap<>();
    /** Those that are below the high watermark. */
    final Map<TopicPartition, Long> lastStableOffsets = new HashMap<>();
    /** The rack of each live broker, or empty text for none. */
    final Map<Integer, String> brokers = new TreeMap<>(Map.of(1, ""));
    /** Partitions placed by a test. All others are held and led by broker 1 alone. */
    final Map<TopicPartition, Partition> partitions = new TreeMap<>();

    final Map<TopicPartition, Reassignment> reassignments = new TreeMap<>();
    final Map<String, Map<String, String>> topicSettings = new TreeMap<>();
    final Map<Integer, Map<String, String>> brokerSettings = new TreeMap<>();
    final Map<TopicPartition, ErrorCode> elections = new TreeMap<>();
    final Map<Integer, List<LogDirectoryDescription>> logDirectories = new TreeMap<>();
    final List<String> directoryMoves = new ArrayList<>();
    /** Answers to moves that a test has set. */
    final Map<TopicPartition, ErrorCode> moveOutcomes = new TreeMap<>();

    /** Creates a topic with this many partitions, led by each of the replicas in turn. */
    void create(String topic, int count, Integer... replicas) {
        topics.put(topic, new NewTopic(topic, OptionalInt.of(count), OptionalInt.of(replicas.length), Map.of()));
        for (int index = 0; index < count; index++) {
            List<Integer> rotated = new ArrayList<>(List.of(replicas));
            Collections.rotate(rotated, -index);
            place(topic, index, OptionalInt.of(rotated.get(0)), rotated, rotated);
        }
    }

    /** Places a partition. */
    void place(String topic, int index, OptionalInt leader, List<Integer> replicas, List<Integer> isr) {
        List<Integer> offline =
                replicas.stream().filter(id -> !brokers.containsKey(id)).toList();
        partitions.put(new TopicPartition(topic, index), new Partition(index, leader, 0, replicas, isr, offline));
    }

    @Override
    public ClusterDescription cluster() {
        return new ClusterDescription(
                "fake",
                OptionalInt.of(1),
                brokers.entrySet().stream()
                        .map(broker -> new ClusterDescription.Node(
                                broker.getKey(),
                                "host" + broker.getKey(),
                                9092,
                                Optional.of(broker.getValue()).filter(rack -> !rack.isEmpty())))
                        .toList());
    }

    @Override
    public Set<String> topics(boolean internal) {
        return new TreeSet<>(topics.keySet());
    }

    @Override
    public Map<String, TopicDescription> describe(Collection<String> names) {
        Map<String, TopicDescription> described = new HashMap<>();
        for (String name : names) {
            NewTopic topic = existing(name);
            List<Partition> all = IntStream.range(0, topic.partitions().orElse(1))
                    .mapToObj(index -> partition(new TopicPartition(name, index)))
                    .toList();
            described.put(name, new TopicDescription(name, Optional.empty(), false, all));
        }
        return described;
    }

    private Partition partition(TopicPartition id) {
        return partitions.getOrDefault(
                id, new Partition(id.partition(), OptionalInt.of(1), 0, List.of(1), List.of(1), List.of()));
    }

    private NewTopic existing(String name) {
        NewTopic topic = topics.get(name);
        if (topic == null) {
            throw new ClientException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "no topic " + name);
        }
        return topic;
    }

    @Override
    public void createTopic(NewTopic topic) {
        topics.put(topic.name(), topic);
    }

    @Override
    public void createPartitions(String topic, int partitionCount) {
        NewTopic old = existing(topic);
        topics.put(topic, new NewTopic(topic, OptionalInt.of(partitionCount), old.replicationFactor(), old.config()));
    }

    @Override
    public void deleteTopics(Collection<String> names) {
        topics.keySet().removeAll(names);
    }

    @Override
    public Map<String, List<ConfigEntry>> topicConfigs(Collection<String> names) {
        Map<String, List<ConfigEntry>> configs = new HashMap<>();
        for (String name : names) {
            Map<String, String> own = new TreeMap<>(existing(name).config());
            own.putAll(topicSettings.getOrDefault(name, Map.of()));
            List<ConfigEntry> entries = new ArrayList<>();
            own.forEach((key, value) -> entries.add(new ConfigEntry(key, value, false)));
            if (!own.containsKey("min.insync.replicas")) {
                entries.add(new ConfigEntry("min.insync.replicas", "1", true));
            }
            configs.put(name, entries);
        }
        return configs;
    }

    @Override
    public void configureTopic(String topic, Map<String, Optional<String>> changes) {
        String name = existing(topic).name();
        change(topicSettings.computeIfAbsent(name, each -> new TreeMap<>()), changes);
    }

    @Override
    public List<ConfigEntry> brokerConfig(int broker) {
        return brokerSettings.getOrDefault(broker, Map.of()).entrySet().stream()
                .map(setting -> new ConfigEntry(setting.getKey(), setting.getValue(), false))
                .toList();
    }

    @Override
    public void configureBroker(int broker, Map<String, Optional<String>> changes) {
        change(brokerSettings.computeIfAbsent(broker, each -> new TreeMap<>()), changes);
    }

    private static void change(Map<String, String> settings, Map<String, Optional<String>> changes) {
        changes.forEach(
                (key, value) -> value.ifPresentOrElse(text -> settings.put(key, text), () -> settings.remove(key)));
    }

    @Override
    public Map<TopicPartition, Long> deleteRecords(Map<TopicPartition, Long> offsets) {
        Map<TopicPartition, Long> starts = new HashMap<>();
        offsets.forEach((partition, offset) ->
                starts.put(partition, offset == ALL_RECORDS ? highWatermarks.getOrDefault(partition, 0L) : offset));
        return starts;
    }

    @Override
    public Map<TopicPartition, Reassignment> reassignments() {
        return Map.copyOf(reassignments);
    }

    @Override
    public void reassign(Map<TopicPartition, List<Integer>> replicas) {
        replicas.forEach((partition, target) -> {
            List<Integer> now = partition(partition).replicas();
            List<Integer> all = new ArrayList<>(target);
            now.stream().filter(id -> !target.contains(id)).forEach(all::add);
            reassignments.put(
                    partition,
                    new Reassignment(
                            all,
                            target.stream().filter(id -> !now.contains(id)).toList(),
                            now.stream().filter(id -> !target.contains(id)).toList()));
        });
    }

    @Override
    public void cancelReassignments(Collection<TopicPartition> cancelled) {
        reassignments.keySet().removeAll(cancelled);
    }

    @Override
    public Map<TopicPartition, ErrorCode> electPreferredLeaders(Collection<TopicPartition> asked) {
        Map<TopicPartition, ErrorCode> outcomes = new HashMap<>();
        asked.forEach(each -> outcomes.put(each, elections.getOrDefault(each, ErrorCode.ELECTION_NOT_NEEDED)));
        return outcomes;
    }

    @Override
    public List<LogDirectoryDescription> logDirectories(int broker) {
        return logDirectories.getOrDefault(broker, List.of());
    }

    @Override
    public Map<TopicPartition, ErrorCode> moveReplicas(int broker, Map<TopicPartition, String> directories) {
        Map<TopicPartition, ErrorCode> outcomes = new TreeMap<>();
        directories.forEach((partition, path) -> {
            directoryMoves.add(partition + " of " + broker + " to " + path);
            boolean isHeld = partition(partition).replicas().contains(broker);
            outcomes.put(partition, isHeld ? ErrorCode.NONE : ErrorCode.REPLICA_NOT_AVAILABLE);
        });
        outcomes.replaceAll((partition, outcome) -> moveOutcomes.getOrDefault(partition, outcome));
        return outcomes;
    }

    @Override
    public Map<TopicPartition, Long> earliestOffsets(Collection<TopicPartition> asked) {
        return offsets(asked, Map.of());
    }

    @Override
    public Map<TopicPartition, Long> latestOffsets(Collection<TopicPartition> asked, IsolationLevel isolation) {
        Map<TopicPartition, Long> ends = new HashMap<>(highWatermarks);
        if (isolation == IsolationLevel.READ_COMMITTED) {
            ends.putAll(lastStableOffsets);
        }
        return offsets(asked, ends);
    }

    @Override
    public Map<TopicPartition, LogEnd> logEnds(Collection<TopicPartition> asked, IsolationLevel isolation) {
        throw new UnsupportedOperationException("logEnds");
    }

    @Override
    public Map<TopicPartition, Long> epochEnds(Map<TopicPartition, Integer> leaderEpochs) {
        throw new UnsupportedOperationException("epochEnds");
    }

    private static Map<TopicPartition, Long> offsets(
            Collection<TopicPartition> asked, Map<TopicPartition, Long> known) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        asked.forEach(partition -> offsets.put(partition, known.getOrDefault(partition, 0L)));
        return offsets;
    }

    @Override
    public Map<TopicPartition, Long> offsetsAt(Map<TopicPartition, Long> timestampsMs) {
        return Map.of();
    }

    @Override
    public void close() {}
}
