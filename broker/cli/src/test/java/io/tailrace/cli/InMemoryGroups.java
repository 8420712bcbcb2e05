package io.tailrace.cli;

import io.tailrace.client.ClientException;
import io.tailrace.client.ConfigEntry;
import io.tailrace.client.GroupAdmin;
import io.tailrace.client.GroupDescription;
import io.tailrace.client.GroupListing;
import io.tailrace.client.PartitionOffset;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Groups and logs in memory whose state only a test changes. Not thread-safe. */
final class InMemoryGroups implements GroupAdmin {
    /** The timestamps of the records of each partition; a partition that is absent does not exist. */
    final Map<TopicPartition, List<Long>> logs = new TreeMap<>();

    /** The first offsets, where they are not 0. */
    final Map<TopicPartition, Long> starts = new TreeMap<>();

    final Map<TopicPartition, ErrorCode> errors = new TreeMap<>();

    /** The errors of lookups by time, while the ends are known. */
    final Map<TopicPartition, ErrorCode> timeErrors = new TreeMap<>();

    /** Whether no broker lists groups. */
    boolean isDown;

    /** Groups whose coordinator does not answer. */
    final Set<String> unreachable = new TreeSet<>();

    final Map<String, GroupDescription> groups = new TreeMap<>();
    final Map<String, Map<String, String>> settings = new TreeMap<>();
    final Map<String, Map<TopicPartition, Long>> offsets = new TreeMap<>();

    void commit(String group, TopicPartition partition, long offset) {
        offsets.computeIfAbsent(group, first -> new TreeMap<>()).put(partition, offset);
    }

    /** Appends records with these timestamps. */
    void append(TopicPartition partition, long... timestampsMs) {
        List<Long> log = logs.computeIfAbsent(partition, first -> new ArrayList<>());
        for (long timestampMs : timestampsMs) {
            log.add(timestampMs);
        }
    }

    @Override
    public List<GroupListing> groups() {
        if (isDown) {
            throw new ClientException(ErrorCode.REQUEST_TIMED_OUT, "no broker answers");
        }
        return offsets.keySet().stream()
                .map(group -> new GroupListing(
                        group,
                        describe(group).type(),
                        "consumer",
                        describe(group).state(),
                        1))
                .toList();
    }

    @Override
    public GroupDescription describe(String group) {
        if (unreachable.contains(group)) {
            throw new ClientException(ErrorCode.REQUEST_TIMED_OUT, "group " + group + ": no answer");
        }
        return groups.getOrDefault(
                group,
                new GroupDescription(
                        group,
                        GroupDescription.CLASSIC,
                        offsets.containsKey(group) ? "Empty" : GroupDescription.DEAD,
                        "",
                        List.of()));
    }

    @Override
    public Map<TopicPartition, Long> committed(String group) {
        return new TreeMap<>(offsets.getOrDefault(group, Map.of()));
    }

    @Override
    public void commit(String group, Map<TopicPartition, Long> committed) {
        offsets.computeIfAbsent(group, first -> new TreeMap<>()).putAll(committed);
    }

    @Override
    public void delete(String group) {
        if (!describe(group).members().isEmpty()) {
            throw new ClientException(ErrorCode.NON_EMPTY_GROUP, "group " + group + ": NON_EMPTY_GROUP");
        }
        offsets.remove(group);
    }

    @Override
    public Map<String, Integer> partitionCounts(Collection<String> topics) {
        Map<String, Integer> counts = new TreeMap<>();
        logs.keySet().stream()
                .filter(partition -> topics.contains(partition.topic()))
                .forEach(partition -> counts.merge(partition.topic(), 1, Integer::sum));
        return counts;
    }

    @Override
    public Map<TopicPartition, PartitionOffset> offsets(Map<TopicPartition, Long> timesMs) {
        Map<TopicPartition, PartitionOffset> found = new TreeMap<>();
        timesMs.forEach((partition, timeMs) -> found.put(partition, offset(partition, timeMs)));
        return found;
    }

    private PartitionOffset offset(TopicPartition partition, long timeMs) {
        List<Long> log = logs.get(partition);
        ErrorCode error =
                errors.getOrDefault(partition, log == null ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE);
        if (error != ErrorCode.NONE || log == null) {
            return new PartitionOffset(error, OptionalLong.empty());
        }
        if (timeMs >= 0 && timeErrors.containsKey(partition)) {
            return new PartitionOffset(Objects.requireNonNull(timeErrors.get(partition)), OptionalLong.empty());
        }
        long start = starts.getOrDefault(partition, 0L);
        if (timeMs == EARLIEST || timeMs == LATEST) {
            return new PartitionOffset(error, OptionalLong.of(timeMs == EARLIEST ? start : log.size()));
        }
        for (long offset = start; offset < log.size(); offset++) {
            if (log.get((int) offset) >= timeMs) {
                return new PartitionOffset(error, OptionalLong.of(offset));
            }
        }
        return new PartitionOffset(error, OptionalLong.empty());
    }

    @Override
    public Map<TopicPartition, Long> timestampsMs(Map<TopicPartition, Long> asked) {
        Map<TopicPartition, Long> timestamps = new TreeMap<>();
        asked.forEach((partition, offset) -> timestamps.put(
                partition, Objects.requireNonNull(logs.get(partition)).get(offset.intValue())));
        return timestamps;
    }

    @Override
    public List<ConfigEntry> config(String group) {
        return settings.getOrDefault(group, Map.of()).entrySet().stream()
                .map(setting -> new ConfigEntry(setting.getKey(), setting.getValue(), false))
                .toList();
    }

    @Override
    public void configure(String group, Map<String, Optional<String>> changes) {
        Map<String, String> changed = new TreeMap<>(settings.getOrDefault(group, Map.of()));
        changes.forEach((key, value) -> {
            if (!key.startsWith("consumer.")) {
                throw new ClientException(ErrorCode.INVALID_CONFIG, "group " + group + ": unknown setting " + key);
            }
            value.ifPresentOrElse(text -> changed.put(key, text), () -> changed.remove(key));
        });
        settings.put(group, changed);
    }

    @Override
    public void close() {}
}
