package io.tailrace.server.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordination.ClusterTree;
import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.GroupSettings;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.rules.GroupRules;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.group.OffsetCommitKey;
import io.tailrace.protocol.group.OffsetCommitValue;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.server.group.ClusterTopics;
import io.tailrace.server.monitor.GroupsQuery.GroupOffsets;
import io.tailrace.shard.StoredRecord;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GroupsQueryTest {
    private final GroupsShard shard = GroupRules.emptyShard(
            new ClusterTopics(() -> new ClusterTree.Reading(ClusterImage.empty(), Set.of())).get(),
            GroupSettings.defaults());
    private long nextOffset;

    private void commit(String group, int partition, long offset) {
        OffsetCommitKey key = new OffsetCommitKey(group, "logs", partition);
        OffsetCommitValue value = new OffsetCommitValue(offset, -1, "", 0, -1, new UUID(0, 0));
        shard.replay(nextOffset++, new StoredRecord(GroupRecords.encodeKey(key), GroupRecords.encodeValue(value)));
        shard.timeline().commit(nextOffset);
    }

    private GroupsQuery.Answer ask(int offsetsMax) {
        return new GroupsQuery(offsetsMax).answer(shard, 0);
    }

    private static GroupOffsets group(String id, Map<TopicPartition, Long> offsets) {
        return new GroupOffsets(id, 0, new TreeMap<>(offsets));
    }

    @Test
    void groupsWithMembersAndGroupsWithOffsetsAreListed() {
        commit("b", 0, 10);
        commit("b", 1, 20);
        shard.groups().put("a", ClassicGroup.empty("a", 0));

        assertThat(ask(100).leftOut()).isZero();
        assertThat(ask(100).groups())
                .containsExactly(
                        group("a", Map.of()),
                        group("b", Map.of(new TopicPartition("logs", 0), 10L, new TopicPartition("logs", 1), 20L)));
    }

    @Test
    void groupsBeyondTheBoundAreOnlyCounted() {
        for (int i = 0; i < 5; i++) {
            commit("group" + i, 0, i);
        }

        assertThat(ask(2).groups()).extracting(GroupOffsets::id).containsExactly("group0", "group1");
        assertThat(ask(2).leftOut()).isEqualTo(3);
        assertThat(ask(0).leftOut()).isEqualTo(5);
    }

    @Test
    void aGroupThatDoesNotFitLeavesRoomForSmallerOnes() {
        for (int partition = 0; partition < 3; partition++) {
            commit("large", partition, 1);
        }
        commit("small", 0, 1);

        assertThat(ask(2).groups()).extracting(GroupOffsets::id).containsExactly("small");
        assertThat(ask(2).leftOut()).isEqualTo(1);
    }
}
