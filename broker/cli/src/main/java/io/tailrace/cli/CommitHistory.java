package io.tailrace.cli;

import io.tailrace.client.ClientException;
import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.GroupAdmin;
import io.tailrace.client.PartitionOffset;
import io.tailrace.client.StoredCommit;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * The commits that a group made lately, read from the topic that stores them. How large the lag was at each of them follows from
 * the time index of the partition: the log ended then before its first record of that time or later. Not thread-safe.
 */
final class CommitHistory {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int POLLS_WITHOUT_PROGRESS_MAX = 20;

    /** Commits of a partition that are judged: the newest of the window, no two within a sixtieth of it. */
    private static final int COMMITS_MAX = 60;

    private final GroupAdmin admin;
    private final Consumer consumer;

    /** @param consumer reads the topic; nothing else may be assigned to it */
    CommitHistory(GroupAdmin admin, Consumer consumer) {
        this.admin = admin;
        this.consumer = consumer;
    }

    /**
     * The commits of a group since a time, oldest first.
     *
     * @param ends the partitions that are asked for, and their high watermarks now
     * @return commits by partition; partitions without any are absent
     */
    Map<TopicPartition, List<LagVerdict.Commit>> of(
            String group, long sinceMs, long nowMs, Map<TopicPartition, PartitionOffset> ends) {
        Map<TopicPartition, Deque<StoredCommit>> stored = stored(group, sinceMs, nowMs, ends.keySet());
        Map<TopicPartition, List<LagVerdict.Commit>> commits = new TreeMap<>();
        boolean found = true;
        while (found) {
            Map<TopicPartition, StoredCommit> round = new TreeMap<>();
            stored.forEach((partition, left) -> {
                if (!left.isEmpty()) {
                    round.put(partition, left.removeFirst());
                }
            });
            addRound(round, ends, commits);
            found = !round.isEmpty();
        }
        return commits;
    }

    /** One commit of each partition, since a request may ask for one time in each partition. */
    private void addRound(
            Map<TopicPartition, StoredCommit> round,
            Map<TopicPartition, PartitionOffset> ends,
            Map<TopicPartition, List<LagVerdict.Commit>> commits) {
        Map<TopicPartition, Long> times = new TreeMap<>();
        round.forEach((partition, commit) -> times.put(partition, commit.committedAtMs()));
        admin.offsets(times).forEach((partition, answer) -> {
            StoredCommit commit = round.get(partition);
            PartitionOffset end = ends.get(partition);
            if (commit == null || end == null || end.offset().isEmpty()) {
                return;
            }
            long endThen = answer.offset().orElse(end.offset().getAsLong());
            commits.computeIfAbsent(partition, first -> new ArrayList<>())
                    .add(new LagVerdict.Commit(
                            commit.committedAtMs(), commit.offset(), Math.max(0, endThen - commit.offset())));
        });
    }

    private Map<TopicPartition, Deque<StoredCommit>> stored(
            String group, long sinceMs, long nowMs, Set<TopicPartition> wanted) {
        Map<TopicPartition, Deque<StoredCommit>> stored = new TreeMap<>();
        Integer partitions = admin.partitionCounts(List.of(StoredCommit.TOPIC)).get(StoredCommit.TOPIC);
        if (partitions == null) {
            return stored;
        }
        TopicPartition partition = new TopicPartition(StoredCommit.TOPIC, StoredCommit.partitionOf(group, partitions));
        OptionalLong first = offset(partition, sinceMs);
        OptionalLong end = offset(partition, GroupAdmin.LATEST);
        if (first.isEmpty() || end.isEmpty()) {
            return stored;
        }
        long spacingMs = Math.max(1, (nowMs - sinceMs) / COMMITS_MAX);
        consumer.assign(Set.of(partition));
        consumer.seek(partition, first.getAsLong());
        long lastPosition = -1;
        int pollsWithoutProgress = 0;
        while (consumer.position(partition) < end.getAsLong()) {
            List<ConsumerRecord> records = consumer.poll(POLL);
            pollsWithoutProgress = consumer.position(partition) == lastPosition ? pollsWithoutProgress + 1 : 0;
            if (pollsWithoutProgress == POLLS_WITHOUT_PROGRESS_MAX) {
                throw new ClientException(
                        ErrorCode.REQUEST_TIMED_OUT,
                        "commits of group " + group + ": no answer from the leader of " + partition);
            }
            lastPosition = consumer.position(partition);
            for (ConsumerRecord record : records) {
                StoredCommit.of(record)
                        .filter(commit -> commit.group().equals(group) && wanted.contains(commit.partition()))
                        .filter(commit -> commit.committedAtMs() >= sinceMs)
                        .ifPresent(commit -> add(
                                stored.computeIfAbsent(commit.partition(), each -> new ArrayDeque<>()),
                                commit,
                                spacingMs));
            }
        }
        return stored;
    }

    private OptionalLong offset(TopicPartition partition, long timeMs) {
        PartitionOffset found = admin.offsets(Map.of(partition, timeMs)).get(partition);
        return found == null ? OptionalLong.empty() : found.offset();
    }

    /** Of two commits that are close together, the later one counts. */
    private static void add(Deque<StoredCommit> commits, StoredCommit commit, long spacingMs) {
        StoredCommit before = commits.peekLast();
        if (before != null && commit.committedAtMs() / spacingMs == before.committedAtMs() / spacingMs) {
            commits.removeLast();
        }
        commits.addLast(commit);
        if (commits.size() > COMMITS_MAX) {
            commits.removeFirst();
        }
    }
}
