package io.tailrace.server.monitor;

import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.StoredOffset;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.shard.Query;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Asks a shard for its groups, in the order of their ids. Once a group's offsets no longer fit, the group is only counted, so
 * that the query does not hold up the shard.
 *
 * @param offsetsMax offsets of all groups together
 */
record GroupsQuery(int offsetsMax) implements Query<GroupsShard, GroupsQuery.Answer> {

    /**
     * A group.
     *
     * @param id its id
     * @param members its members, 0 for one that only has offsets
     * @param offsets its committed offsets
     */
    record GroupOffsets(String id, int members, SortedMap<TopicPartition, Long> offsets) {
        /** Its share of the bound. */
        int size() {
            return size(offsets.size());
        }

        private static int size(int offsets) {
            return Math.max(1, offsets);
        }
    }

    /**
     * The groups of a shard.
     *
     * @param groups the groups that fit, in order
     * @param leftOut how many do not fit
     */
    record Answer(List<GroupOffsets> groups, int leftOut) {}

    @Override
    public Answer answer(GroupsShard state, long nowMs) {
        SortedSet<String> ids = new TreeSet<>(state.groups().committedKeys());
        ids.addAll(state.offsets().committedGroups());
        List<GroupOffsets> groups = new ArrayList<>();
        int room = offsetsMax;
        for (String id : ids) {
            if (GroupOffsets.size(state.offsets().newest(id).size()) > room) {
                continue; // what is committed is a copy, which costs time on the shard's thread
            }
            Collection<TopicPartition> partitions = state.offsets().committedPartitions(id);
            int size = GroupOffsets.size(partitions.size());
            if (size <= room) {
                groups.add(group(state, id, partitions));
                room -= size;
            }
        }
        return new Answer(groups, ids.size() - groups.size());
    }

    private static GroupOffsets group(GroupsShard state, String id, Collection<TopicPartition> partitions) {
        SortedMap<TopicPartition, Long> offsets = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            StoredOffset stored = state.offsets().committed(id, partition);
            if (stored != null) {
                offsets.put(partition, stored.offset());
            }
        }
        Group group = state.groups().committed(id);
        return new GroupOffsets(id, group == null ? 0 : group.memberCount(), offsets);
    }

    @Override
    public Answer refused(ErrorCode error) {
        return new Answer(List.of(), 0);
    }
}
