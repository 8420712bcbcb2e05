package io.tailrace.server.monitor;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.ConsumerGroupState;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.shard.Query;
import java.util.EnumMap;
import java.util.Map;

/**
 * The numbers of groups and offsets.
 *
 * @param classic groups of the classic protocol by state; a group that only has offsets counts as empty
 * @param consumer groups of the consumer protocol by state
 * @param offsets committed offsets
 */
record GroupCounts(Map<ClassicGroupState, Integer> classic, Map<ConsumerGroupState, Integer> consumer, long offsets) {
    /** No groups. */
    static final GroupCounts NONE = new GroupCounts(Map.of(), Map.of(), 0);

    /** The sum of both. */
    GroupCounts plus(GroupCounts other) {
        Map<ClassicGroupState, Integer> classicSum = new EnumMap<>(ClassicGroupState.class);
        classicSum.putAll(classic);
        other.classic.forEach((state, count) -> classicSum.merge(state, count, Integer::sum));
        Map<ConsumerGroupState, Integer> consumerSum = new EnumMap<>(ConsumerGroupState.class);
        consumerSum.putAll(consumer);
        other.consumer.forEach((state, count) -> consumerSum.merge(state, count, Integer::sum));
        return new GroupCounts(classicSum, consumerSum, offsets + other.offsets);
    }

    /** The groups of the classic protocol. */
    int classicSum() {
        return classic.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** The groups of the consumer protocol. */
    int consumerSum() {
        return consumer.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Counts the groups and offsets of a shard, uncommitted ones included. */
    record Count() implements Query<GroupsShard, GroupCounts> {
        @Override
        public GroupCounts answer(GroupsShard shard, long nowMs) {
            Map<ClassicGroupState, Integer> classic = new EnumMap<>(ClassicGroupState.class);
            Map<ConsumerGroupState, Integer> consumer = new EnumMap<>(ConsumerGroupState.class);
            for (Group group : shard.groups().newest().values()) {
                if (group instanceof ClassicGroup one) {
                    classic.merge(one.state(), 1, Integer::sum);
                } else if (group instanceof ConsumerGroup one) {
                    consumer.merge(one.state(), 1, Integer::sum);
                }
            }
            long offsets = 0;
            for (String id : shard.offsets().groups()) {
                offsets += shard.offsets().newest(id).size();
                if (shard.groups().get(id) == null) {
                    classic.merge(ClassicGroupState.EMPTY, 1, Integer::sum);
                }
            }
            return new GroupCounts(classic, consumer, offsets);
        }

        @Override
        public GroupCounts refused(ErrorCode error) {
            return NONE;
        }
    }
}
