package io.tailrace.groups.offsets;

import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.OffsetCaller;
import io.tailrace.groups.PendingOffsets;
import io.tailrace.groups.StoredOffset;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.shard.Query;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads committed offsets of a group. An unknown group has no offsets, which is not an error.
 *
 * @param group the group and its partitions
 * @param requiresStable whether a partition with an offset in an undecided transaction has no result (KIP-447)
 */
public record FetchOffsets(OffsetFetchRequest.Group group, boolean requiresStable)
        implements Query<GroupsShard, OffsetFetchResponse.Group> {
    private static final StoredOffset NONE = new StoredOffset(-1, -1, "", -1, -1, StoredOffset.UNKNOWN_TOPIC, -1);

    @Override
    public OffsetFetchResponse.Group answer(GroupsShard state, long nowMs) {
        ErrorCode error = callerError(state);
        if (error != ErrorCode.NONE) {
            return refused(error);
        }
        @Nullable List<OffsetFetchRequest.Topic> requested = group.topics();
        List<OffsetFetchResponse.Topic> topics = requested == null ? all(state) : of(requested, state);
        return new OffsetFetchResponse.Group(group.groupId(), topics, ErrorCode.NONE);
    }

    private ErrorCode callerError(GroupsShard state) {
        String memberId = group.memberId() == null ? "" : group.memberId();
        OffsetCaller caller = new OffsetCaller(memberId, null, group.memberEpoch());
        if (!caller.isMember()) {
            return ErrorCode.NONE;
        }
        Group known = state.groups().get(group.groupId());
        return known == null ? ErrorCode.UNKNOWN_MEMBER_ID : known.fetchError(caller);
    }

    private List<OffsetFetchResponse.Topic> all(GroupsShard state) {
        Map<String, Collection<Integer>> byTopic = new TreeMap<>();
        for (TopicPartition each : state.offsets().committedPartitions(group.groupId())) {
            if (committed(each, state) != null) {
                add(each, byTopic);
            }
        }
        if (requiresStable) {
            PendingOffsets pending = state.offsets().pending();
            pending.partitions(group.groupId()).forEach(each -> add(each, byTopic));
            pending.committedPartitions(group.groupId()).forEach(each -> add(each, byTopic));
        }
        List<OffsetFetchResponse.Topic> topics = new ArrayList<>();
        byTopic.forEach((topic, partitions) -> topics.add(topic(topic, partitions, state)));
        return topics;
    }

    private static void add(TopicPartition partition, Map<String, Collection<Integer>> byTopic) {
        byTopic.computeIfAbsent(partition.topic(), topic -> new TreeSet<>()).add(partition.partition());
    }

    /** A partition that is requested twice is answered once. */
    private List<OffsetFetchResponse.Topic> of(List<OffsetFetchRequest.Topic> requested, GroupsShard state) {
        Set<TopicPartition> seen = new HashSet<>();
        List<OffsetFetchResponse.Topic> topics = new ArrayList<>();
        for (OffsetFetchRequest.Topic each : requested) {
            List<Integer> partitions = each.partitionIndexes().stream()
                    .filter(index -> index < 0 || seen.add(new TopicPartition(each.name(), index)))
                    .toList();
            topics.add(topic(each.name(), partitions, state));
        }
        return topics;
    }

    private OffsetFetchResponse.Topic topic(String name, Collection<Integer> partitions, GroupsShard state) {
        List<OffsetFetchResponse.Partition> offsets = new ArrayList<>(partitions.size());
        for (int index : partitions) {
            offsets.add(
                    index < 0 ? shown(index, NONE, ErrorCode.NONE) : partition(new TopicPartition(name, index), state));
        }
        return new OffsetFetchResponse.Topic(name, offsets);
    }

    private OffsetFetchResponse.Partition partition(TopicPartition partition, GroupsShard state) {
        if (requiresStable && state.offsets().pending().isUnstable(group.groupId(), partition)) {
            return shown(partition.partition(), NONE, ErrorCode.UNSTABLE_OFFSET_COMMIT);
        }
        StoredOffset committed = committed(partition, state);
        return shown(partition.partition(), committed == null ? NONE : committed, ErrorCode.NONE);
    }

    private static OffsetFetchResponse.Partition shown(int index, StoredOffset offset, ErrorCode error) {
        return new OffsetFetchResponse.Partition(
                index, offset.offset(), offset.leaderEpoch(), offset.metadata(), error);
    }

    /** A topic that was created again does not have the offsets of the former one. */
    private @Nullable StoredOffset committed(TopicPartition partition, GroupsShard state) {
        StoredOffset committed = state.offsets().committed(group.groupId(), partition);
        return committed == null || committed.isOfFormerTopic(partition.topic(), state.cluster()) ? null : committed;
    }

    @Override
    public OffsetFetchResponse.Group refused(ErrorCode error) {
        return new OffsetFetchResponse.Group(group.groupId(), List.of(), error);
    }
}
