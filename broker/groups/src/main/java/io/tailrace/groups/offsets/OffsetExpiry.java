package io.tailrace.groups.offsets;

import io.tailrace.groups.ClusterSnapshot;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.PendingOffsets;
import io.tailrace.groups.StoredOffset;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Timeout;
import io.tailrace.shard.TimerChange;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Removes expired offsets, and empty groups that have none. Each object is one step of a search through the shard. It is followed
 * by the next step, or by the {@linkplain SearchPause pause} before the next search. Immutable.
 *
 * <p>An offset expires {@code offsets.retention.minutes} after its commit, or after its group lost its last member if that was
 * later. If the commit named an expiry time, that time counts instead. Offsets of topics that members read do not expire, nor does
 * an offset while a transaction has another one for its partition. The offsets of a deleted topic always expire, pending ones too,
 * even if there is a new topic of the same name. A step checks again whether an offset
 * that an earlier step found is still expired, because it may have been committed in the meantime.
 *
 * <p>A step looks at a bounded number of offsets, so that it never holds up the shard for long. A search looks at each offset
 * twice at most, so that its effort is linear.
 */
public final class OffsetExpiry implements Timeout<GroupsShard> {
    /** A step ends after the group in which it reaches this number of checked offsets. */
    private static final int CHECKED_MAX = 10_000;

    private final Search search;
    private final int groupIndex;
    private final List<TopicPartition> expired;
    private final int expiredIndex;

    /**
     * The parameters of all steps of a search.
     *
     * @param groups the groups to search
     * @param cluster the cluster when the search began
     * @param leftMs what was left of the pause before it; if that is not 0, the search looks only for offsets of deleted topics
     */
    private record Search(List<String> groups, ClusterSnapshot cluster, long leftMs) {
        boolean isForDeletedTopics() {
            return leftMs > 0;
        }
    }

    /**
     * A step.
     *
     * @param groupIndex the index of the next one
     * @param expired the offsets of that group that were found expired; empty if it was not searched yet
     * @param expiredIndex the index of the next one to remove
     */
    private OffsetExpiry(Search search, int groupIndex, List<TopicPartition> expired, int expiredIndex) {
        this.search = search;
        this.groupIndex = groupIndex;
        this.expired = expired;
        this.expiredIndex = expiredIndex;
    }

    /** Starts the pause before the first search in a shard that was just loaded. */
    public static List<TimerChange<GroupsShard>> loaded(GroupsShard state, long nowMs) {
        return List.of(SearchPause.start(state.settings().offsets().checkIntervalMs(), null, nowMs));
    }

    /**
     * Starts a search with its first step.
     *
     * @param leftMs what is left of the pause before it; if that is not 0, the search looks only for offsets of deleted topics,
     *     and the rest of the pause follows
     */
    static Decision<GroupsShard> search(GroupsShard state, long leftMs, long nowMs) {
        Set<String> all = new LinkedHashSet<>(state.offsets().groups());
        all.addAll(state.offsets().pending().groups());
        all.addAll(state.groups().newest().keySet());
        Search search = new Search(List.copyOf(all), state.cluster(), leftMs);
        return new OffsetExpiry(search, 0, List.of(), 0).expired(state, nowMs);
    }

    @Override
    public Decision<GroupsShard> expired(GroupsShard state, long nowMs) {
        return new Step(state, nowMs, this).run();
    }

    /** Runs one step. Not thread-safe. */
    private static final class Step {
        private final GroupsShard state;
        private final long nowMs;
        private final Search search;
        private final Decision.Builder<GroupsShard> decision = new Decision.Builder<>();
        private final Tombstones tombstones = new Tombstones(decision);

        private int groupIndex;
        private List<TopicPartition> expired;
        private int expiredIndex;
        private int checked;

        Step(GroupsShard state, long nowMs, OffsetExpiry from) {
            this.state = state;
            this.nowMs = nowMs;
            this.search = from.search;
            this.groupIndex = from.groupIndex;
            this.expired = from.expired;
            this.expiredIndex = from.expiredIndex;
        }

        Decision<GroupsShard> run() {
            List<String> groups = search.groups;
            while (groupIndex < groups.size() && checked < CHECKED_MAX && tombstones.hasRoom()) {
                OffsetsOf offsets = new OffsetsOf(state, groups.get(groupIndex), search.isForDeletedTopics(), nowMs);
                if (expired.isEmpty()) {
                    expired = offsets.expired();
                    checked += 1 + offsets.count();
                }
                if (removeExpired(offsets)) {
                    groupIndex++;
                    expired = List.of();
                    expiredIndex = 0;
                }
            }
            TimerChange.Start<GroupsShard> next = groupIndex < groups.size()
                    ? new TimerChange.Start<>(new OffsetExpiry(search, groupIndex, expired, expiredIndex), nowMs)
                    : SearchPause.start(pauseMs(), search.cluster, nowMs);
            return decision.start(next.timer(), next.atMs()).build();
        }

        private long pauseMs() {
            return search.isForDeletedTopics()
                    ? search.leftMs
                    : state.settings().offsets().checkIntervalMs();
        }

        /** Returns whether the group is done. */
        private boolean removeExpired(OffsetsOf offsets) {
            int left = offsets.count();
            while (expiredIndex < expired.size()) {
                if (!tombstones.hasRoom()) {
                    return false;
                }
                TopicPartition partition = expired.get(expiredIndex++);
                if (offsets.isExpired(partition)) {
                    tombstones.append(offsets.groupId, partition);
                    left--;
                }
            }
            Group group = offsets.group;
            if (left > 0 || group == null || !group.isEmpty() || search.isForDeletedTopics()) {
                return true;
            }
            return tombstones.appendAll(group.tombstones());
        }
    }

    /** The offsets of a group. Not thread-safe. */
    private static final class OffsetsOf {
        private final GroupsShard state;
        private final boolean isForDeletedTopics;
        private final long nowMs;
        private final String groupId;
        private final @Nullable Group group;
        private final Map<TopicPartition, StoredOffset> newest;
        private final PendingOffsets pending;
        /** Null until it is needed. */
        private @Nullable Predicate<String> subscription;

        OffsetsOf(GroupsShard state, String groupId, boolean isForDeletedTopics, long nowMs) {
            this.state = state;
            this.isForDeletedTopics = isForDeletedTopics;
            this.nowMs = nowMs;
            this.groupId = groupId;
            this.group = state.groups().get(groupId);
            this.newest = state.offsets().newest(groupId);
            this.pending = state.offsets().pending();
        }

        int count() {
            return newest.size() + (int) onlyPending().count();
        }

        private Stream<TopicPartition> onlyPending() {
            return pending.partitions(groupId).stream().filter(partition -> !newest.containsKey(partition));
        }

        List<TopicPartition> expired() {
            List<TopicPartition> found = new ArrayList<>();
            newest.forEach((partition, offset) -> {
                if (isExpired(partition, offset)) {
                    found.add(partition);
                }
            });
            onlyPending()
                    .filter(partition -> pending.isOfDeletedTopic(groupId, partition, state.cluster()))
                    .forEach(found::add);
            return found;
        }

        boolean isExpired(TopicPartition partition) {
            StoredOffset offset = newest.get(partition);
            return offset == null
                    ? pending.isOfDeletedTopic(groupId, partition, state.cluster())
                    : isExpired(partition, offset);
        }

        private boolean isExpired(TopicPartition partition, StoredOffset offset) {
            if (offset.isOfDeletedTopic(partition.topic(), state.cluster())) {
                return true;
            }
            if (isForDeletedTopics || isPending(partition)) {
                return false;
            }
            boolean isOld = offset.expiresAtMs() >= 0
                    ? nowMs >= offset.expiresAtMs()
                    : nowMs - unusedSinceMs(offset)
                            >= state.settings().offsets().retentionMs();
            return isOld && !isRead(partition.topic());
        }

        private boolean isPending(TopicPartition partition) {
            return pending.partitions(groupId).contains(partition);
        }

        private long unusedSinceMs(StoredOffset offset) {
            return group != null && group.isEmpty()
                    ? Math.max(offset.committedAtMs(), group.emptySinceMs())
                    : offset.committedAtMs();
        }

        private boolean isRead(String topic) {
            if (group == null || group.isEmpty()) {
                return false;
            }
            if (subscription == null) {
                subscription = group.subscription();
            }
            return subscription.test(topic);
        }
    }
}
