package io.tailrace.groups.offsets;

import static io.tailrace.groups.offsets.OffsetRequests.commit;
import static io.tailrace.groups.offsets.OffsetRequests.fetchAll;
import static io.tailrace.groups.offsets.OffsetRequests.offset;
import static io.tailrace.groups.offsets.OffsetRequests.offsets;
import static io.tailrace.groups.offsets.OffsetRequests.topic;
import static io.tailrace.groups.offsets.OffsetRequests.topicOf;
import static io.tailrace.groups.offsets.TestShard.CHECK_INTERVAL_MS;
import static io.tailrace.groups.offsets.TestShard.RETENTION_MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetFetchRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OffsetExpiryTest {
    private final TestShard shard = new TestShard().topic("web", 3000).topic("app", 1);

    @BeforeEach
    void load() {
        shard.reload();
    }

    @Test
    void offsetsExpireAfterTheirRetentionAndNewerOnesStay() {
        shard.run(commit("g", topic("web", offset(0, 5, null), offset(1, 6, null))));
        shard.run(commit("h", "web", 0, 7));
        shard.passUntil(500);
        shard.run(commit("g", "web", 1, 8));

        shard.passUntil(RETENTION_MS - 1);
        assertThat(offsets(shard.ask(fetchAll("g")))).hasSize(2);

        shard.passUntil(RETENTION_MS);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-1", 8L));
        assertThat(offsets(shard.ask(fetchAll("h")))).isEmpty();
        assertThat(shard.ask(new ListGroups(List.of(), List.of())).groups()).hasSize(1);

        shard.passUntil(500 + RETENTION_MS);
        shard.reload();
        assertThat(shard.ask(new ListGroups(List.of(), List.of())).groups()).isEmpty();
    }

    @Test
    void searchesGoOnAfterAFailover() {
        shard.run(commit("g", "web", 0, 5));
        shard.passUntil(700);
        shard.reload();
        assertThat(shard.passUntil(700 + CHECK_INTERVAL_MS)).isEqualTo(1);

        shard.passUntil(700 + RETENTION_MS);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEmpty();
    }

    @Test
    void offsetsOfADeletedTopicAreRemoved() {
        shard.run(commit("g", topic("web", offset(0, 5, null)), topic("app", offset(0, 6, null))));
        shard.deleteTopic("app");

        shard.passUntil(CHECK_INTERVAL_MS);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-0", 5L));
    }

    @Test
    void offsetsOfATopicThatCannotBeReadAreKept() {
        shard.run(commit("g", "app", 0, 6));
        shard.topicIsUnreadable("app");

        shard.passUntil(CHECK_INTERVAL_MS);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("app-0", 6L));
    }

    @Test
    void commitMayNameItsRetention() {
        OffsetCommitRequest.Topic offset = topic("web", offset(0, 5, null));
        shard.run(new CommitOffsets(new OffsetCommitRequest("g", -1, "", null, 300, List.of(offset)), (short) 4));
        shard.run(new CommitOffsets(
                new OffsetCommitRequest("h", -1, "", null, 5 * RETENTION_MS, List.of(offset)), (short) 4));
        shard.reload();

        shard.passUntil(299);
        assertThat(offsets(shard.ask(fetchAll("g")))).hasSize(1);
        shard.passUntil(300);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEmpty();
        shard.passUntil(4 * RETENTION_MS);
        assertThat(offsets(shard.ask(fetchAll("h")))).hasSize(1);
        shard.passUntil(6 * RETENTION_MS);
        assertThat(offsets(shard.ask(fetchAll("h")))).isEmpty();
    }

    @Test
    void oneDecisionRemovesABoundedNumberAndWhatIsCommittedMeanwhileStays() {
        shard.run(commit("g", topicOf("web", 2500)));
        shard.at(RETENTION_MS);

        shard.runTimer();
        assertThat(shard.recordsInLastDecision()).isEqualTo(Tombstones.COUNT_MAX);
        Map<String, Long> left = offsets(shard.ask(fetchAll("g")));
        assertThat(left).hasSize(1500);

        shard.run(commit("g", topic("web", offset(2499, 9, null), offset(0, 9, null))));
        shard.runTimer();
        shard.runTimer();
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-0", 9L, "web-2499", 9L));
    }

    @Test
    void aTopicThatIsCreatedAgainHasNoOffsets() {
        shard.run(commit("g", topic("web", offset(0, 5, null), offset(1, 6, null))));
        shard.deleteTopic("web");
        shard.topicIsCreatedAgain("web", 2);

        assertThat(offsets(shard.ask(fetchAll("g")))).isEmpty();
        assertThat(offsets(shard.ask(new FetchOffsets(
                        new OffsetFetchRequest.Group("g", List.of(new OffsetFetchRequest.Topic("web", List.of(0)))),
                        false))))
                .isEqualTo(Map.of("web-0", -1L));

        shard.run(commit("g", "web", 1, 2));
        shard.passUntil(CHECK_INTERVAL_MS);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-1", 2L));
        shard.reload();
        assertThat(offsets(shard.ask(fetchAll("g")))).as("what is stored").isEqualTo(Map.of("web-1", 2L));
    }

    @Test
    void offsetsOfATopicThatWasDeletedBeforeTheLoadAreNotInherited() {
        shard.run(commit("g", "app", 0, 6));
        shard.deleteTopic("app");
        shard.reload();
        shard.topicIsCreatedAgain("app", 1);

        assertThat(offsets(shard.ask(fetchAll("g")))).isEmpty();
        shard.passUntil(CHECK_INTERVAL_MS);
        shard.reload();
        assertThat(offsets(shard.ask(fetchAll("g")))).isEmpty();
    }

    @Test
    void offsetsOfATopicThatCouldNotBeReadAreKeptWhenItCan() {
        shard.topicIsUnreadable("app");
        shard.reload();
        shard.store(OffsetRecords.commit(
                "g", new TopicPartition("app", 0), new OffsetCommitRequest.Partition(0, 6, -1, null), -1, 0));
        shard.topic("app", 1);

        shard.passUntil(CHECK_INTERVAL_MS);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("app-0", 6L));
    }

    @Test
    void aClockThatIsSetBackRemovesNothing() {
        shard.at(10 * RETENTION_MS);
        shard.run(commit("g", "web", 0, 5));
        shard.at(0);

        shard.runTimer();
        assertThat(offsets(shard.ask(fetchAll("g")))).hasSize(1);
    }
}
