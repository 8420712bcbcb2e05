package io.tailrace.cli;

import io.tailrace.cli.CommitHistory.Commits;
import io.tailrace.cli.CommitHistory.GroupPartition;
import io.tailrace.client.ClientException;
import io.tailrace.client.GroupAdmin;
import io.tailrace.client.GroupDescription;
import io.tailrace.client.PartitionOffset;
import io.tailrace.client.StoredCommit;
import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how far groups are behind, in one look. Groups whose commits are stored in one partition are looked at together: it is
 * read once for all of them, and the commits of no others are in memory.
 */
final class LagReport {
    private static final int NO_STORE = -1;

    private final GroupAdmin admin;
    private final CommitHistory history;
    private final CommitHistory.Window window;

    LagReport(GroupAdmin admin, CommitHistory history, CommitHistory.Window window) {
        this.admin = admin;
        this.history = history;
        this.window = window;
    }

    /**
     * What a look found of a group.
     *
     * @param group the group; null if it did not answer
     * @param rows a row for each partition that the group has to do with: those that it committed or that a member is assigned, all
     *     others of their topics, and those of the topics asked for. Empty for an unknown group.
     * @param failure why there are no rows; empty if the group answered
     */
    record Found(@Nullable GroupDescription group, List<LagRow> rows, String failure) {}

    /** A group, and what it has committed. */
    private record Offsets(GroupDescription group, Map<TopicPartition, Long> committed) {}

    /** A group, and how far it is in each partition. */
    private record Progress(GroupDescription group, Map<TopicPartition, LagProgress> partitions) {
        private Set<TopicPartition> withLag() {
            return partitions.entrySet().stream()
                    .filter(partition -> partition.getValue().hasLag())
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Looks at groups. One that does not answer is reported like the others, in the order of {@code groups}. */
    Map<String, Found> of(Collection<String> groups, Collection<String> topics) {
        Map<String, Found> found = new LinkedHashMap<>();
        Map<Integer, List<String>> byStore = new TreeMap<>();
        int stores = groups.isEmpty() ? 0 : history.stores();
        for (String group : groups) {
            found.put(group, new Found(null, List.of(), ""));
            int store = stores == 0 ? NO_STORE : StoredCommit.partitionOf(group, stores);
            byStore.computeIfAbsent(store, first -> new ArrayList<>()).add(group);
        }
        byStore.forEach((store, names) -> look(store, names, topics, found));
        return found;
    }

    private void look(int store, List<String> names, Collection<String> topics, Map<String, Found> found) {
        List<Offsets> answered = new ArrayList<>();
        for (String name : names) {
            try {
                answered.add(new Offsets(admin.describe(name), admin.committed(name)));
            } catch (ClientException e) {
                found.put(name, failed(e));
            }
        }
        try {
            Map<TopicPartition, PartitionOffset> ends = new TreeMap<>();
            List<Progress> progress = progress(answered, topics, ends);
            Map<GroupPartition, Commits> commits = commits(store, progress, ends);
            for (Progress each : progress) {
                found.put(each.group().groupId(), found(each, commits));
            }
        } catch (ClientException e) {
            answered.forEach(each -> found.put(each.group().groupId(), failed(e)));
        }
    }

    private Found found(Progress progress, Map<GroupPartition, Commits> commits) {
        try {
            return new Found(progress.group(), rows(progress, commits), "");
        } catch (ClientException e) {
            return failed(e);
        }
    }

    private static Found failed(ClientException e) {
        return new Found(null, List.of(), String.valueOf(e.getMessage()));
    }

    /** Asks for the ends of all partitions at once, and adds the high watermarks to {@code ends}. */
    private List<Progress> progress(
            List<Offsets> groups, Collection<String> topics, Map<TopicPartition, PartitionOffset> ends) {
        Set<String> names = new TreeSet<>(topics);
        groups.forEach(group -> partitions(group).forEach(partition -> names.add(partition.topic())));
        Map<String, Integer> counts = admin.partitionCounts(names);
        Set<TopicPartition> all = new TreeSet<>();
        groups.forEach(group -> all.addAll(partitions(group, topics, counts)));
        ends.putAll(admin.offsets(at(GroupAdmin.LATEST, all)));
        Map<TopicPartition, PartitionOffset> starts = admin.offsets(at(GroupAdmin.EARLIEST, all));
        List<Progress> progress = new ArrayList<>();
        for (Offsets group : groups) {
            Map<TopicPartition, LagProgress> partitions = new TreeMap<>();
            for (TopicPartition partition : partitions(group, topics, counts)) {
                partitions.put(
                        partition,
                        new LagProgress(
                                group.committed().get(partition),
                                Objects.requireNonNull(starts.get(partition)),
                                Objects.requireNonNull(ends.get(partition))));
            }
            progress.add(new Progress(group.group(), partitions));
        }
        return progress;
    }

    /** The partitions that a group has committed or that are assigned to its members. */
    private static Set<TopicPartition> partitions(Offsets offsets) {
        Set<TopicPartition> partitions = new TreeSet<>(offsets.committed().keySet());
        offsets.group().members().forEach(member -> partitions.addAll(member.assignment()));
        return partitions;
    }

    /** The same, all others of their topics, and those of {@code topics}. */
    private static Set<TopicPartition> partitions(
            Offsets offsets, Collection<String> topics, Map<String, Integer> counts) {
        Set<TopicPartition> partitions = partitions(offsets);
        Set<String> names = partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet());
        names.addAll(topics);
        for (String topic : names) {
            for (int index = 0; index < counts.getOrDefault(topic, 0); index++) {
                partitions.add(new TopicPartition(topic, index));
            }
        }
        return partitions;
    }

    private static Map<TopicPartition, Long> at(long timeMs, Set<TopicPartition> partitions) {
        Map<TopicPartition, Long> times = new TreeMap<>();
        partitions.forEach(partition -> times.put(partition, timeMs));
        return times;
    }

    /** The commits of partitions that have a lag; no others need to be judged. If they cannot be read, the lags are shown without. */
    private Map<GroupPartition, Commits> commits(
            int store, List<Progress> groups, Map<TopicPartition, PartitionOffset> ends) {
        Set<GroupPartition> wanted = new HashSet<>();
        for (Progress group : groups) {
            group.withLag()
                    .forEach(partition ->
                            wanted.add(new GroupPartition(group.group().groupId(), partition)));
        }
        if (wanted.isEmpty() || store == NO_STORE) {
            return Map.of();
        }
        try {
            return history.of(store, wanted, ends, window);
        } catch (ClientException e) {
            Commits unknown = Commits.unknown(String.valueOf(e.getMessage()));
            return wanted.stream().collect(Collectors.toMap(key -> key, key -> unknown));
        }
    }

    private List<LagRow> rows(Progress group, Map<GroupPartition, Commits> commits) {
        Map<TopicPartition, Long> unread = new TreeMap<>();
        group.withLag()
                .forEach(partition -> unread.put(
                        partition,
                        Objects.requireNonNull(group.partitions().get(partition))
                                .firstUnread()));
        Map<TopicPartition, Long> timestampsMs = admin.timestampsMs(unread);
        List<LagRow> rows = new ArrayList<>();
        group.partitions()
                .forEach((partition, progress) -> rows.add(row(
                        partition,
                        progress,
                        lagMs(progress, timestampsMs.get(partition)),
                        commits.getOrDefault(new GroupPartition(group.group().groupId(), partition), Commits.NONE))));
        return rows;
    }

    private OptionalLong lagMs(LagProgress progress, @Nullable Long timestampMs) {
        if (progress.lag().orElse(-1) == 0) {
            return OptionalLong.of(0);
        }
        return timestampMs == null || timestampMs < 0
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(0, window.nowMs() - timestampMs));
    }

    private LagRow row(TopicPartition partition, LagProgress progress, OptionalLong lagMs, Commits commits) {
        boolean isJudged = commits.failure().isEmpty();
        LagVerdict verdict = isJudged
                ? LagVerdict.of(
                        commits.commits(), progress.lag().orElse(0), lagMs.orElse(0), window.lengthMs(), window.nowMs())
                : LagVerdict.OK;
        String reason = progress.reason();
        if (reason.isEmpty() && progress.hasLag() && lagMs.isEmpty()) {
            reason = "the age of the oldest unread record is not known";
        } else if (reason.isEmpty()) {
            reason = commits.failure();
        }
        return new LagRow(
                partition,
                progress.current() == null ? OptionalLong.empty() : OptionalLong.of(progress.current()),
                progress.end().offset(),
                progress.lag(),
                lagMs,
                verdict,
                reason,
                progress.isFaulty() || !isJudged);
    }
}
