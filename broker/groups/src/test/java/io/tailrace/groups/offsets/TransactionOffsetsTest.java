package io.tailrace.groups.offsets;

import static io.tailrace.groups.offsets.OffsetRequests.fetchAll;
import static io.tailrace.groups.offsets.OffsetRequests.offsets;
import static io.tailrace.groups.offsets.TestShard.CHECK_INTERVAL_MS;
import static io.tailrace.groups.offsets.TestShard.RETENTION_MS;
import static io.tailrace.groups.offsets.TransactionRequests.commit;
import static io.tailrace.groups.offsets.TransactionRequests.commitBy;
import static io.tailrace.groups.offsets.TransactionRequests.end;
import static io.tailrace.groups.offsets.TransactionRequests.errors;
import static io.tailrace.groups.offsets.TransactionRequests.results;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.group.GroupMetadataKey;
import io.tailrace.protocol.group.GroupMetadataValue;
import io.tailrace.protocol.message.DeleteGroupsResponse;
import io.tailrace.protocol.message.ListGroupsResponse;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.shard.StoredRecord;
import io.tailrace.shard.TransactionPart;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Offsets of groups without members, in transactions. */
class TransactionOffsetsTest {
    private static final long ONE = 11;
    private static final long OTHER = 12;

    private final TestShard shard = new TestShard().topic("web", 3).topic("app", 1);

    @Test
    void offsetsAreVisibleOnceTheirTransactionIsCommitted() {
        shard.run(OffsetRequests.commit("g", "web", 0, 4));
        assertThat(errors(shard.run(commit(ONE, "g", "web", 0, 5)))).containsExactly(ErrorCode.NONE);
        shard.run(commit(ONE, "h", "app", 0, 6));

        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-0", 4L));
        assertThat(offsets(shard.ask(fetchAll("h")))).isEmpty();
        shard.reload();
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-0", 4L));

        assertThat(shard.run(end(ONE, true))).isEqualTo(ErrorCode.NONE);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-0", 5L));
        assertThat(offsets(shard.ask(fetchAll("h")))).isEqualTo(Map.of("app-0", 6L));
        shard.reload();
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-0", 5L));
    }

    @Test
    void offsetsOfAnAbortedTransactionAreDropped() {
        shard.run(OffsetRequests.commit("g", "web", 0, 4));
        shard.run(commit(ONE, "g", "web", 0, 5));
        shard.run(commit(ONE, "h", "app", 0, 6));
        shard.run(end(ONE, false));
        shard.run(end(ONE, true));

        assertThat(results(shard.ask(fetchStable("g")))).isEqualTo(Map.of("web-0", "4"));
        assertThat(listed()).containsExactly("g");
        shard.reload();
        assertThat(results(shard.ask(fetchStable("g")))).isEqualTo(Map.of("web-0", "4"));
        assertThat(results(shard.ask(fetchStable("h")))).isEmpty();
    }

    @Test
    void aMarkerEndsTheTransactionOfItsProducerOnly() {
        shard.run(commit(ONE, "g", "web", 0, 5));
        shard.run(commit(OTHER, "g", "web", 1, 6));
        shard.run(end(ONE, true));

        assertThat(results(shard.ask(fetchStable("g"))))
                .isEqualTo(Map.of("web-0", "5", "web-1", "UNSTABLE_OFFSET_COMMIT"));
    }

    @Test
    void undecidedOffsetsAreUnstableUntilTheirMarkerIsCommitted() {
        shard.run(OffsetRequests.commit("g", "web", 0, 4));
        shard.run(OffsetRequests.commit("g", "web", 1, 4));
        shard.stopCommitting();
        shard.run(commit(ONE, "g", "web", 0, 5));
        Map<String, String> undecided = Map.of("web-0", "UNSTABLE_OFFSET_COMMIT", "web-1", "4");
        assertThat(results(shard.ask(fetchStable("g")))).isEqualTo(undecided);
        shard.commitTo(3);
        assertThat(results(shard.ask(fetchStable("g")))).isEqualTo(undecided);
        shard.run(end(ONE, true));
        assertThat(results(shard.ask(fetchStable("g")))).isEqualTo(undecided);
        assertThat(results(shard.ask(fetchStable("g", List.of(0, 1))))).isEqualTo(undecided);
        assertThat(results(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-0", "4", "web-1", "4"));

        shard.commitAll();
        assertThat(results(shard.ask(fetchStable("g")))).isEqualTo(Map.of("web-0", "5", "web-1", "4"));
    }

    private static FetchOffsets fetchStable(String group, List<Integer> partitions) {
        return new FetchOffsets(
                new OffsetFetchRequest.Group(group, List.of(new OffsetFetchRequest.Topic("web", partitions))), true);
    }

    private static FetchOffsets fetchStable(String group) {
        return TransactionRequests.fetchStable(group);
    }

    /** Compaction keeps only the later record. */
    @Test
    void theLaterRecordCountsEvenIfTheMarkerOfTheEarlierOneComesLast() {
        shard.run(commit(ONE, "g", "web", 0, 5));
        shard.run(commit(ONE, "g", "web", 1, 5));
        shard.run(OffsetRequests.commit("g", "web", 0, 6));
        shard.run(commit(OTHER, "g", "web", 1, 7));
        shard.run(end(OTHER, true));
        shard.run(end(ONE, true));

        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-0", 6L, "web-1", 7L));
    }

    @Test
    void deletedOffsetsDoNotComeBackWithTheMarker() {
        shard.run(commit(ONE, "g", "web", 0, 5));
        shard.run(commit(OTHER, "g", "web", 0, 6));
        shard.run(commit(ONE, "g", "web", 1, 7));
        shard.run(new DeleteOffsets(new OffsetDeleteRequest(
                "g", List.of(new OffsetDeleteRequest.Topic("web", List.of(new OffsetDeleteRequest.Partition(0)))))));
        shard.run(end(OTHER, true));
        shard.run(end(ONE, true));

        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-1", 7L));
    }

    @Test
    void aDeletedGroupLosesItsPendingOffsets() {
        shard.run(OffsetRequests.commit("g", "web", 0, 4));
        shard.run(commit(ONE, "g", "web", 0, 5));
        shard.run(commit(ONE, "g", "web", 1, 5));
        shard.run(commit(ONE, "h", "web", 1, 5));

        assertThat(listed()).containsExactly("g", "h");
        assertThat(shard.run(new DeleteGroup("g"))).isEqualTo(new DeleteGroupsResponse.Result("g", ErrorCode.NONE));
        assertThat(shard.recordsInLastDecision()).isEqualTo(2);
        assertThat(shard.run(new DeleteGroup("h"))).isEqualTo(new DeleteGroupsResponse.Result("h", ErrorCode.NONE));
        assertThat(listed()).isEmpty();
        shard.run(end(ONE, true));
        assertThat(listed()).isEmpty();
        assertThat(shard.run(new DeleteGroup("h")).errorCode()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    }

    @Test
    void anOffsetDoesNotExpireWhileATransactionHasAnotherOne() {
        shard.reload();
        shard.run(OffsetRequests.commit("g", "web", 0, 4));
        shard.run(OffsetRequests.commit("g", "web", 1, 4));
        shard.run(commit(ONE, "g", "web", 0, 5));

        shard.passUntil(2 * RETENTION_MS);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-0", 4L));
        shard.run(end(ONE, false));
        shard.passUntil(2 * RETENTION_MS + CHECK_INTERVAL_MS);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEmpty();
    }

    @Test
    void aGroupIsNotRemovedWhileATransactionHasOffsetsOfIt() {
        shard.store(new StoredRecord(
                GroupRecords.encodeKey(new GroupMetadataKey("g")),
                GroupRecords.encodeValue(new GroupMetadataValue("consumer", 6, null, null, 0, List.of()))));
        shard.reload();
        shard.run(commit(ONE, "g", "web", 0, 5));

        shard.passUntil(CHECK_INTERVAL_MS);
        assertThat(shard.state().groups().get("g")).isNotNull();
        shard.run(end(ONE, false));
        shard.passUntil(2 * CHECK_INTERVAL_MS);
        assertThat(shard.state().groups().get("g")).isNull();
    }

    @Test
    void pendingOffsetsOfADeletedTopicAreRemoved() {
        shard.reload();
        shard.run(OffsetRequests.commit("g", "web", 0, 4));
        shard.run(commit(ONE, "g", "web", 0, 5));
        shard.run(commit(ONE, "g", "app", 0, 6));
        shard.run(commit(ONE, "h", "web", 1, 7));
        shard.topicIsCreatedAgain("web", 3);
        shard.passUntil(CHECK_INTERVAL_MS);
        shard.run(end(ONE, true));
        shard.reload();

        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("app-0", 6L));
        assertThat(offsets(shard.ask(fetchAll("h")))).isEmpty();
    }

    @Test
    void eachPartitionHasItsResult() {
        assertThat(errors(shard.run(commitBy("", null, -1, ONE, "g", "web", new long[] {3, 5}, new long[] {0, 6}))))
                .containsExactly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.NONE);
        shard.run(end(ONE, true));
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-0", 6L));
    }

    @Test
    void aMemberOfAnUnknownGroupIsRefused() {
        assertThat(errors(shard.run(commitBy("member", null, 3, ONE, "g", "web", new long[] {0, 5}))))
                .containsExactly(ErrorCode.ILLEGAL_GENERATION);
        assertThat(shard.log()).isEmpty();
    }

    @Test
    void recordsBelongToTheTransactionOfTheProducer() {
        CommitTransactionOffsets first = commit(ONE, "g", "web", 0, 5);
        shard.run(new CommitTransactionOffsets(first.request(), first.version(), OptionalLong.of(7)));

        assertThat(shard.entries())
                .extracting(TestShard.Entry::transaction)
                .containsExactly(new TransactionPart.Records(ONE, (short) 0, OptionalLong.of(7)));
        assertThat(first.unverified(7)).isEqualTo(new CommitTransactionOffsets.Answer.Unverified(7));
    }

    @Test
    void onlyOffsetsBelongToTransactions() {
        StoredRecord group = new StoredRecord(
                GroupRecords.encodeKey(new GroupMetadataKey("g")),
                GroupRecords.encodeValue(new GroupMetadataValue("consumer", 6, null, null, 0, List.of())));
        StoredRecord tombstone = OffsetRecords.tombstone("g", new TopicPartition("web", 0));
        for (StoredRecord record : List.of(group, tombstone)) {
            assertThatThrownBy(() -> shard.state().replayInTransaction(3, record, ONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("record at offset 3: expected an offset in the transaction of producer 11");
        }
    }

    @Test
    void clientsGetErrorsThatTheyKnow() {
        CommitTransactionOffsets commit = commit(ONE, "g", "web", 0, 5);
        for (short version = 0; version <= 5; version++) {
            assertThat(errors(new CommitTransactionOffsets(commit.request(), version, OptionalLong.empty())
                            .refused(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)))
                    .containsExactly(
                            version < 2 ? ErrorCode.COORDINATOR_NOT_AVAILABLE : ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        }
        assertThat(errors(commit.refused(ErrorCode.MESSAGE_TOO_LARGE)))
                .containsExactly(ErrorCode.INVALID_COMMIT_OFFSET_SIZE);
        assertThat(end(ONE, true).refused(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS))
                .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(end(ONE, true).refused(ErrorCode.INVALID_PRODUCER_EPOCH))
                .isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    private List<String> listed() {
        return shard.ask(new ListGroups(List.of(), List.of())).groups().stream()
                .map(ListGroupsResponse.Group::groupId)
                .toList();
    }
}
