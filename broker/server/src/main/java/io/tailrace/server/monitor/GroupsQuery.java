package io.tailrace.server.monitor;

import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.StoredOffset;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.shard.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Asks a shard for its groups, in the order of their ids, with at most so many offsets that the shard is not held up.
 *
 * @param offsetsMax offsets of all groups together; a group beyond that is only counted
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
        /** How much of the bound it takes. */
        int size() {
            return Math.max(1, offsets.size());
        }
    }

    /**
     * The groups of a shard.
     *
     * @param groups in order
     * @param leftOut how many more there are
     */
    record Answer(List<GroupOffsets> groups, int leftOut) {}

    @Override
    public Answer answer(GroupsShard state, long nowMs) {
        SortedSet<String> ids = new TreeSet<>(state.groups().committedKeys());
        ids.addAll(state.offsets().committedGroups());
        List<GroupOffsets> groups = new ArrayList<>();
        int room = offsetsMax;
        for (String id : ids) {
            if (room <= 0) {
                break;
            }
            GroupOffsets group = group(state, id);
            groups.add(group);
            room -= group.size();
        }
        return new Answer(groups, ids.size() - groups.size());
    }

    private static GroupOffsets group(GroupsShard state, String id) {
        SortedMap<TopicPartition, Long> offsets = new TreeMap<>();
        for (TopicPartition partition : state.offsets().committedPartitions(id)) {
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
