package io.tailrace.cli;

import io.tailrace.client.GroupAdmin;
import io.tailrace.client.GroupDescription;
import io.tailrace.client.PartitionOffset;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds out how far a group is behind, in one look. */
final class LagReport {
    private final GroupAdmin admin;
    private final CommitHistory history;
    private final long windowMs;
    private final long nowMs;

    /**
     * Creates a report.
     *
     * @param windowMs how far the verdict looks back
     * @param nowMs wall-clock time
     */
    LagReport(GroupAdmin admin, CommitHistory history, long windowMs, long nowMs) {
        this.admin = admin;
        this.history = history;
        this.windowMs = windowMs;
        this.nowMs = nowMs;
    }

    /**
     * A row for each partition that the group has to do with: those that it committed or that a member is assigned, all others of
     * their topics, and those of {@code topics}. Empty for an unknown group.
     */
    List<LagRow> rows(GroupDescription group, Collection<String> topics) {
        Map<TopicPartition, Long> committed = admin.committed(group.groupId());
        Set<TopicPartition> partitions = partitions(group, committed.keySet(), topics);
        Map<TopicPartition, PartitionOffset> ends = admin.offsets(at(GroupAdmin.LATEST, partitions));
        Map<TopicPartition, PartitionOffset> starts = admin.offsets(at(GroupAdmin.EARLIEST, partitions));
        Map<TopicPartition, Progress> progress = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            progress.put(
                    partition,
                    new Progress(
                            committed.get(partition),
                            Objects.requireNonNull(starts.get(partition)),
                            Objects.requireNonNull(ends.get(partition))));
        }
        Map<TopicPartition, Long> unread = new TreeMap<>();
        progress.forEach((partition, each) -> {
            if (each.lag().orElse(0) > 0) {
                unread.put(partition, each.firstUnread());
            }
        });
        Map<TopicPartition, Long> timestampsMs = admin.timestampsMs(unread);
        Map<TopicPartition, List<LagVerdict.Commit>> commits =
                unread.isEmpty() ? Map.of() : history.of(group.groupId(), nowMs - windowMs, nowMs, ends);
        List<LagRow> rows = new ArrayList<>();
        progress.forEach((partition, each) -> rows.add(row(
                partition,
                each,
                lagMs(each, timestampsMs.get(partition)),
                commits.getOrDefault(partition, List.of()))));
        return rows;
    }

    private Set<TopicPartition> partitions(
            GroupDescription group, Set<TopicPartition> committed, Collection<String> topics) {
        Set<TopicPartition> partitions = new TreeSet<>(committed);
        group.members().forEach(member -> partitions.addAll(member.assignment()));
        Set<String> names = partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet());
        names.addAll(topics);
        admin.partitionCounts(names).forEach((topic, count) -> {
            for (int index = 0; index < count; index++) {
                partitions.add(new TopicPartition(topic, index));
            }
        });
        return partitions;
    }

    private static Map<TopicPartition, Long> at(long timeMs, Set<TopicPartition> partitions) {
        Map<TopicPartition, Long> times = new TreeMap<>();
        partitions.forEach(partition -> times.put(partition, timeMs));
        return times;
    }

    private OptionalLong lagMs(Progress progress, @Nullable Long timestampMs) {
        if (progress.lag().orElse(-1) == 0) {
            return OptionalLong.of(0);
        }
        return timestampMs == null || timestampMs < 0
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(0, nowMs - timestampMs));
    }

    private LagRow row(
            TopicPartition partition, Progress progress, OptionalLong lagMs, List<LagVerdict.Commit> commits) {
        LagVerdict verdict = LagVerdict.of(commits, progress.lag().orElse(0), lagMs.orElse(0), windowMs, nowMs);
        return new LagRow(
                partition,
                progress.current() == null ? OptionalLong.empty() : OptionalLong.of(progress.current()),
                progress.end().offset(),
                progress.lag(),
                lagMs,
                verdict,
                progress.reason().isEmpty() && progress.lag().orElse(0) > 0 && lagMs.isEmpty()
                        ? "the age of the oldest unread record is not known"
                        : progress.reason(),
                progress.isUnanswered());
    }

    /** The offsets of a partition; {@code current} is null if nothing is committed. */
    private record Progress(@Nullable Long current, PartitionOffset start, PartitionOffset end) {
        long firstUnread() {
            long first = start.offset().orElse(0);
            return current == null ? first : Math.max(first, current);
        }

        /** Counts all records if nothing is committed. */
        OptionalLong lag() {
            if (end.offset().isEmpty() || start.offset().isEmpty()) {
                return OptionalLong.empty();
            }
            long from = current == null ? start.offset().getAsLong() : current;
            return OptionalLong.of(Math.max(0, end.offset().getAsLong() - from));
        }

        boolean isUnanswered() {
            return lag().isEmpty() && end.error() != ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        }

        String reason() {
            if (end.error() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
                return "partition does not exist";
            }
            if (lag().isEmpty()) {
                ErrorCode error = end.error() == ErrorCode.NONE ? start.error() : end.error();
                return error == ErrorCode.LEADER_NOT_AVAILABLE ? "no leader" : "no answer: " + error;
            }
            long first = start.offset().getAsLong();
            if (current == null) {
                return "no committed offset";
            }
            if (current < first) {
                return (first - current) + " records were deleted before they were read";
            }
            return current > end.offset().getAsLong() ? "the committed offset is beyond the log's end" : "";
        }
    }
}
