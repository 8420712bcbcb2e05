package io.tailrace.groups.offsets;

import static io.tailrace.groups.offsets.OffsetRequests.commit;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.GroupSettings;
import io.tailrace.groups.ShardHarness;
import io.tailrace.groups.TestCluster;
import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.group.GroupMetadataKey;
import io.tailrace.protocol.group.GroupMetadataValue;
import io.tailrace.shard.StoredRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When offsets are searched, with Apache Kafka's default settings: every ten minutes. */
class SearchTest {
    private static final TestCluster CLUSTER = TestCluster.EMPTY.with("web", 1).with("app", 1);

    private final ShardHarness harness = new ShardHarness(CLUSTER, GroupSettings.defaults());

    @Test
    void aDeletedTopicIsNoticedBeforeTheNextSearch() {
        harness.failOver();
        harness.advance(60_000);
        harness.call(commit("g", "web", 0, 5));
        harness.call(commit("g", "app", 0, 6));
        harness.clusterChanged(CLUSTER.without("web"));
        harness.advance(SearchPause.LOOK_INTERVAL_MS);

        assertThat(harness.replica().offsets().committedPartitions("g"))
                .extracting(Object::toString)
                .containsExactly("app-0");
    }

    @Test
    void aTopicThatWasDeletedBeforeTheLoadIsNoticed() {
        harness.call(commit("g", "web", 0, 5));
        harness.clusterChanged(CLUSTER.without("web"));
        harness.failOver();
        harness.advance(SearchPause.LOOK_INTERVAL_MS);

        assertThat(harness.replica().offsets().groups()).isEmpty();
    }

    @Test
    void manyGroupsWithoutOffsetsAreRemovedInSteps() {
        int groups = 2_500;
        for (int i = 0; i < groups; i++) {
            store("group-" + i);
        }
        harness.failOver();
        int before = harness.log().size();
        harness.advance(SearchPause.LOOK_INTERVAL_MS);
        assertThat(harness.log()).as("no topic was deleted").hasSize(before);

        harness.advance(600_000 - SearchPause.LOOK_INTERVAL_MS);

        assertThat(harness.replica().groups().newest()).isEmpty();
        assertThat(harness.log()).hasSize(before + groups);
        assertThat(harness.largestDecision()).isEqualTo(Tombstones.COUNT_MAX);
    }

    private void store(String group) {
        GroupMetadataValue empty = new GroupMetadataValue("consumer", 1, null, null, 0, List.of());
        harness.store(
                new StoredRecord(GroupRecords.encodeKey(new GroupMetadataKey(group)), GroupRecords.encodeValue(empty)));
    }
}
