package io.tailrace.cli;

import io.tailrace.client.ClientException;
import io.tailrace.client.Consumer;
import io.tailrace.client.GroupAdmin;
import io.tailrace.client.PartitionOffset;
import io.tailrace.client.StoredCommit;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * The commits that groups made lately, read from the topic that stores them. How large the lag was at each of them follows from
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
     * The time that is judged.
     *
     * @param sinceMs inclusive, milliseconds since the epoch
     * @param nowMs its end
     */
    record Window(long sinceMs, long nowMs) {
        long lengthMs() {
            return nowMs - sinceMs;
        }

        private long spacingMs() {
            return Math.max(1, lengthMs() / COMMITS_MAX);
        }
    }

    /**
     * The commits of a group in a partition.
     *
     * @param commits those of the window, oldest first
     * @param failure why they are not known; empty if they are
     */
    record Commits(List<LagVerdict.Commit> commits, String failure) {
        static final Commits NONE = new Commits(List.of(), "");

        static Commits unknown(String failure) {
            return new Commits(List.of(), failure);
        }
    }

    /** A partition of a group. */
    record GroupPartition(String group, TopicPartition partition) {}

    /** A commit whose lag is not known yet. */
    private record Stored(GroupPartition key, long committedAtMs, long offset) {}

    /** The number of partitions of the topic that stores commits, 0 if there is none yet. */
    int stores() {
        return admin.partitionCounts(List.of(StoredCommit.TOPIC)).getOrDefault(StoredCommit.TOPIC, 0);
    }

    /**
     * The commits of groups that are stored in one partition of {@link StoredCommit#TOPIC}, which is read once for all of them.
     *
     * @param store the partition
     * @param wanted the partitions to judge, and of which groups
     * @param ends the high watermarks of their partitions now
     * @return commits by partition and group; those that have none are absent
     * @throws ClientException if the store cannot be read
     */
    Map<GroupPartition, Commits> of(
            int store, Set<GroupPartition> wanted, Map<TopicPartition, PartitionOffset> ends, Window window) {
        Map<TopicPartition, Deque<Stored>> left = new TreeMap<>();
        stored(new TopicPartition(StoredCommit.TOPIC, store), wanted, window)
                .values()
                .forEach(commits -> commits.forEach(
                        commit -> left.computeIfAbsent(commit.key().partition(), each -> new ArrayDeque<>())
                                .add(commit)));
        Map<GroupPartition, Commits> commits = new HashMap<>();
        while (!left.isEmpty()) {
            Map<TopicPartition, Stored> round = new TreeMap<>();
            left.forEach((partition, queue) -> round.put(partition, queue.removeFirst()));
            left.values().removeIf(Deque::isEmpty);
            addRound(round, ends, commits);
        }
        return commits;
    }

    /** One commit of each partition, since a request may ask for one time in each partition. */
    private void addRound(
            Map<TopicPartition, Stored> round,
            Map<TopicPartition, PartitionOffset> ends,
            Map<GroupPartition, Commits> commits) {
        Map<TopicPartition, Long> times = new TreeMap<>();
        round.forEach((partition, commit) -> times.put(partition, commit.committedAtMs()));
        admin.offsets(times).forEach((partition, answer) -> {
            Stored commit = round.get(partition);
            PartitionOffset end = ends.get(partition);
            if (commit == null || end == null || end.offset().isEmpty()) {
                return;
            }
            if (answer.error() != ErrorCode.NONE) {
                commits.put(
                        commit.key(), Commits.unknown("the lag at earlier commits is not known: " + answer.error()));
                return;
            }
            long endThen = answer.offset().orElse(end.offset().getAsLong());
            Commits known = commits.computeIfAbsent(commit.key(), first -> new Commits(new ArrayList<>(), ""));
            if (known.failure().isEmpty()) {
                known.commits()
                        .add(new LagVerdict.Commit(
                                commit.committedAtMs(), commit.offset(), Math.max(0, endThen - commit.offset())));
            }
        });
    }

    private Map<GroupPartition, Deque<Stored>> stored(TopicPartition store, Set<GroupPartition> wanted, Window window) {
        Map<GroupPartition, Deque<Stored>> stored = new HashMap<>();
        OptionalLong first = offset(store, window.sinceMs());
        OptionalLong end = offset(store, GroupAdmin.LATEST);
        if (first.isEmpty() || end.isEmpty()) {
            return stored;
        }
        consumer.assign(Set.of(store));
        consumer.seek(store, first.getAsLong());
        long lastPosition = -1;
        int pollsWithoutProgress = 0;
        while (consumer.position(store) < end.getAsLong()) {
            consumer.poll(POLL).forEach(record -> StoredCommit.of(record)
                    .filter(commit -> commit.committedAtMs() >= window.sinceMs())
                    .ifPresent(commit -> add(stored, commit, wanted, window)));
            pollsWithoutProgress = consumer.position(store) == lastPosition ? pollsWithoutProgress + 1 : 0;
            if (pollsWithoutProgress == POLLS_WITHOUT_PROGRESS_MAX) {
                throw new ClientException(
                        ErrorCode.REQUEST_TIMED_OUT, "earlier commits: no answer from the leader of " + store);
            }
            lastPosition = consumer.position(store);
        }
        return stored;
    }

    /** @throws ClientException if the partition does not answer */
    private OptionalLong offset(TopicPartition partition, long timeMs) {
        PartitionOffset found = admin.offsets(Map.of(partition, timeMs)).get(partition);
        if (found == null || found.error() != ErrorCode.NONE) {
            ErrorCode error = found == null ? ErrorCode.UNKNOWN_SERVER_ERROR : found.error();
            throw new ClientException(error, "earlier commits: " + partition + ": " + error);
        }
        return found.offset();
    }

    /** Of two commits that are close together, the later one counts. */
    private static void add(
            Map<GroupPartition, Deque<Stored>> stored, StoredCommit commit, Set<GroupPartition> wanted, Window window) {
        GroupPartition key = new GroupPartition(commit.group(), commit.partition());
        if (!wanted.contains(key)) {
            return;
        }
        Deque<Stored> commits = stored.computeIfAbsent(key, first -> new ArrayDeque<>());
        Stored before = commits.peekLast();
        // One key for all commits of a partition; there may be many thousands.
        GroupPartition shared = before == null ? key : before.key();
        if (before != null
                && commit.committedAtMs() / window.spacingMs() == before.committedAtMs() / window.spacingMs()) {
            commits.removeLast();
        }
        commits.addLast(new Stored(shared, commit.committedAtMs(), commit.offset()));
        if (commits.size() > COMMITS_MAX) {
            commits.removeFirst();
        }
    }
}
