package io.tailrace.groups.offsets;

import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.StoredOffset;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Timeout;
import io.tailrace.shard.TimerChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Removes expired offsets, and empty groups that have none. Immutable; each is one step of a search through the shard, after which
 * the next step or, after a pause, the next search starts.
 *
 * <p>An offset expires {@code offsets.retention.minutes} after its commit, or, if its group has lost its last member since, after
 * that; at the time that the commit named, if it did; and when its topic has been deleted. Offsets of topics that members read do
 * not expire. A step checks whether an offset that an earlier step found is still expired: it may have been committed again.
 *
 * <p>A step looks at a bounded number of offsets and each offset is looked at twice at most, so that the shard is never held up for
 * long and the effort grows with the number of offsets.
 */
public final class OffsetExpiry implements Timeout<GroupsShard> {
    /** A step ends with the group in which it has looked at that many offsets. */
    private static final int CHECKED_MAX = 10_000;

    /** What members of other protocols read is not known. */
    private static final String CONSUMERS = "consumer";

    private final List<String> groups;
    private final int group;
    private final List<TopicPartition> expired;
    private final int expiredIndex;

    /**
     * A step.
     *
     * @param groups the groups to search
     * @param group the index of the next one
     * @param expired the offsets of that group that were found expired; empty if it was not searched yet
     * @param expiredIndex the index of the next one to remove
     */
    private OffsetExpiry(List<String> groups, int group, List<TopicPartition> expired, int expiredIndex) {
        this.groups = groups;
        this.group = group;
        this.expired = expired;
        this.expiredIndex = expiredIndex;
    }

    /** The first search in a shard that was just loaded. */
    public static List<TimerChange<GroupsShard>> loaded(GroupsShard state, long nowMs) {
        return List.of(nextSearch(state, nowMs));
    }

    private static TimerChange.Start<GroupsShard> nextSearch(GroupsShard state, long nowMs) {
        return new TimerChange.Start<>(
                new OffsetExpiry(List.of(), 0, List.of(), 0),
                nowMs + state.settings().offsets().checkIntervalMs());
    }

    @Override
    public Decision<GroupsShard> expired(GroupsShard state, long nowMs) {
        if (!groups.isEmpty()) {
            return new Step(state, nowMs, this).run();
        }
        Set<String> all = new LinkedHashSet<>(state.offsets().groups());
        all.addAll(state.groups().newest().keySet());
        return new Step(state, nowMs, new OffsetExpiry(List.copyOf(all), 0, List.of(), 0)).run();
    }

    /** Runs one step. Not thread-safe. */
    private static final class Step {
        private final GroupsShard state;
        private final long nowMs;
        private final List<String> groups;
        private final Decision.Builder<GroupsShard> decision = new Decision.Builder<>();
        private final Tombstones tombstones = new Tombstones(decision);

        private int group;
        private List<TopicPartition> expired;
        private int expiredIndex;
        private int checked;

        Step(GroupsShard state, long nowMs, OffsetExpiry from) {
            this.state = state;
            this.nowMs = nowMs;
            this.groups = from.groups;
            this.group = from.group;
            this.expired = from.expired;
            this.expiredIndex = from.expiredIndex;
        }

        Decision<GroupsShard> run() {
            while (group < groups.size() && checked < CHECKED_MAX && tombstones.hasRoom()) {
                OffsetsOf offsets = new OffsetsOf(state, groups.get(group), nowMs);
                if (expired.isEmpty()) {
                    expired = offsets.expired();
                    checked += 1 + offsets.count();
                }
                if (removeExpired(offsets)) {
                    group++;
                    expired = List.of();
                    expiredIndex = 0;
                }
            }
            TimerChange.Start<GroupsShard> next = group < groups.size()
                    ? new TimerChange.Start<>(new OffsetExpiry(groups, group, expired, expiredIndex), nowMs)
                    : nextSearch(state, nowMs);
            return decision.start(next.timer(), next.atMs()).build();
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
            if (left == 0 && offsets.group != null && offsets.group.isEmpty()) {
                offsets.group.tombstones().forEach(decision::append);
            }
            return true;
        }
    }

    /** The offsets of a group. Not thread-safe. */
    private static final class OffsetsOf {
        private final GroupsShard state;
        private final long nowMs;
        private final String groupId;
        private final @Nullable Group group;
        private final Map<TopicPartition, StoredOffset> newest;
        private final Map<String, Boolean> isRead = new HashMap<>();

        OffsetsOf(GroupsShard state, String groupId, long nowMs) {
            this.state = state;
            this.nowMs = nowMs;
            this.groupId = groupId;
            this.group = state.groups().get(groupId);
            this.newest = state.offsets().newest(groupId);
        }

        int count() {
            return newest.size();
        }

        List<TopicPartition> expired() {
            List<TopicPartition> found = new ArrayList<>();
            newest.forEach((partition, offset) -> {
                if (isExpired(partition, offset)) {
                    found.add(partition);
                }
            });
            return found;
        }

        boolean isExpired(TopicPartition partition) {
            StoredOffset offset = newest.get(partition);
            return offset != null && isExpired(partition, offset);
        }

        private boolean isExpired(TopicPartition partition, StoredOffset offset) {
            if (!state.cluster().mayExist(partition.topic())) {
                return true;
            }
            boolean isOld = offset.expiresAtMs() >= 0
                    ? nowMs >= offset.expiresAtMs()
                    : nowMs - unusedSinceMs(offset)
                            >= state.settings().offsets().retentionMs();
            return isOld && !isRead(partition.topic());
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
            Group members = group;
            return !members.protocolType().equals(CONSUMERS) || isRead.computeIfAbsent(topic, members::isSubscribedTo);
        }
    }
}
