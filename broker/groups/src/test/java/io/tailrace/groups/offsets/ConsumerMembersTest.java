package io.tailrace.groups.offsets;

import static io.tailrace.groups.offsets.OffsetRequests.commit;
import static io.tailrace.groups.offsets.OffsetRequests.errors;
import static io.tailrace.groups.offsets.OffsetRequests.fetchAll;
import static io.tailrace.groups.offsets.OffsetRequests.offset;
import static io.tailrace.groups.offsets.OffsetRequests.offsets;
import static io.tailrace.groups.offsets.OffsetRequests.topic;
import static io.tailrace.groups.offsets.TestShard.RETENTION_MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.MemberClient;
import io.tailrace.groups.classic.JoinGroup;
import io.tailrace.groups.consumer.ConsumerGroupHeartbeat;
import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.group.ConsumerGroupCurrentMemberAssignmentKey;
import io.tailrace.protocol.group.ConsumerGroupCurrentMemberAssignmentValue;
import io.tailrace.protocol.group.ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataKey;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue;
import io.tailrace.protocol.group.ConsumerGroupMetadataKey;
import io.tailrace.protocol.group.ConsumerGroupMetadataValue;
import io.tailrace.protocol.group.ConsumerGroupTargetAssignmentMetadataKey;
import io.tailrace.protocol.group.ConsumerGroupTargetAssignmentMetadataValue;
import io.tailrace.protocol.group.GroupRecordKey;
import io.tailrace.protocol.group.GroupRecordValue;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.DeleteGroupsResponse;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.ListGroupsResponse;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.shard.StoredRecord;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Offsets of a group of the consumer protocol. Its member is in epoch 5, reads the topic web, and has had partition 0 since epoch 3
 * and partition 1 since epoch 5.
 */
class ConsumerMembersTest {
    private static final String MEMBER = "member";
    private static final int SESSION_TIMEOUT_MS = 6_000;

    private final TestShard shard = new TestShard().topic("web", 3).topic("app", 1);

    @BeforeEach
    void load() {
        shard.reload();
        store(new ConsumerGroupMetadataKey("g"), new ConsumerGroupMetadataValue(5, 1));
        store(
                new ConsumerGroupMemberMetadataKey("g", MEMBER),
                new ConsumerGroupMemberMetadataValue(
                        null, null, "client", "/127.0.0.1", List.of("web"), null, 60_000, null, null));
        store(new ConsumerGroupTargetAssignmentMetadataKey("g"), new ConsumerGroupTargetAssignmentMetadataValue(5, 1));
        store(
                new ConsumerGroupCurrentMemberAssignmentKey("g", MEMBER),
                new ConsumerGroupCurrentMemberAssignmentValue(
                        5,
                        4,
                        (byte) 0,
                        List.of(new TopicPartitions(TestShard.id("web"), List.of(0, 1), List.of(3, 5))),
                        List.of()));
    }

    @Test
    void memberCommitsInItsEpoch() {
        assertThat(commitBy(MEMBER, 5)).containsExactly(ErrorCode.NONE, ErrorCode.NONE);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-0", 7L, "web-1", 8L));
    }

    @Test
    void commitOfAnEarlierEpochCountsForPartitionsThatTheMemberHasHadSince() {
        assertThat(commitBy(MEMBER, 4)).containsExactly(ErrorCode.NONE, ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-0", 7L));

        assertThat(commitBy(MEMBER, 2)).containsOnly(ErrorCode.STALE_MEMBER_EPOCH);
    }

    @Test
    void othersAreRefusedAndNothingIsStored() {
        int before = shard.log().size();

        assertThat(commitBy(MEMBER, 6)).containsOnly(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(commitBy("other", 5)).containsOnly(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(errors(shard.run(commit("g", "web", 0, 7))))
                .as("by a consumer that assigns its own partitions")
                .containsExactly(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(shard.log()).hasSize(before);
    }

    @Test
    void memberReadsOffsetsThoughItsEpochHasMovedOn() {
        commitBy(MEMBER, 5);

        assertThat(fetchError(MEMBER, 4)).isEqualTo(ErrorCode.NONE);
        assertThat(fetchError(MEMBER, 5)).isEqualTo(ErrorCode.NONE);
        assertThat(fetchError("other", 5)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(offsets(shard.ask(fetchAll("g")))).as("for a tool").hasSize(2);
    }

    @Test
    void offsetsOfTopicsThatAreReadAreNeitherDeletedNorExpire() {
        commitBy(MEMBER, 5);

        assertThat(shard.run(new DeleteOffsets(new OffsetDeleteRequest(
                                "g",
                                List.of(new OffsetDeleteRequest.Topic(
                                        "web", List.of(new OffsetDeleteRequest.Partition(0)))))))
                        .topics()
                        .get(0)
                        .partitions()
                        .get(0)
                        .errorCode())
                .isEqualTo(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC);
        shard.passUntil(5 * RETENTION_MS);
        assertThat(offsets(shard.ask(fetchAll("g")))).hasSize(2);
        assertThat(shard.ask(new ListGroups(List.of(), List.of())).groups())
                .containsExactly(new ListGroupsResponse.Group("g", "consumer", "Stable", "consumer"));
        assertThat(shard.run(new DeleteGroup("g")))
                .isEqualTo(new DeleteGroupsResponse.Result("g", ErrorCode.NON_EMPTY_GROUP));
    }

    @Test
    void retentionStartsWhenTheLastMemberHasLeftEvenIfTheCoordinatorFailsOver() {
        commitBy(MEMBER, 5);
        shard.passUntil(3 * RETENTION_MS);
        leave();
        shard.reload();

        shard.passUntil(4 * RETENTION_MS - 1);
        assertThat(offsets(shard.ask(fetchAll("g")))).hasSize(2);
        shard.passUntil(4 * RETENTION_MS);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEmpty();
        shard.reload();
        assertThat(shard.ask(new ListGroups(List.of(), List.of())).groups()).isEmpty();
    }

    /** The request has no error for member epochs. */
    @Test
    void membersAreCheckedInTransactionsToo() {
        assertThat(commitInTransaction(MEMBER, 5)).containsExactly(ErrorCode.NONE, ErrorCode.NONE);
        assertThat(commitInTransaction(MEMBER, 4)).containsExactly(ErrorCode.NONE, ErrorCode.ILLEGAL_GENERATION);
        assertThat(commitInTransaction("", -1)).containsExactly(ErrorCode.NONE, ErrorCode.NONE);
        int before = shard.log().size();
        assertThat(commitInTransaction(MEMBER, 6)).containsOnly(ErrorCode.ILLEGAL_GENERATION);
        assertThat(commitInTransaction("other", 5)).containsOnly(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(shard.log()).hasSize(before);
    }

    @Test
    void groupsAreListedByType() {
        shard.run(commit("offsets", "web", 0, 1));

        assertThat(shard.ask(new ListGroups(List.of(), List.of("Consumer"))).groups())
                .extracting(ListGroupsResponse.Group::groupId)
                .containsExactly("g");
        assertThat(shard.ask(new ListGroups(List.of(), List.of("classic", "share")))
                        .groups())
                .extracting(ListGroupsResponse.Group::groupId)
                .containsExactly("offsets");
        assertThat(shard.ask(new ListGroups(List.of("Empty"), List.of("consumer")))
                        .groups())
                .isEmpty();
    }

    @Test
    void groupIsDeletedWithoutMembers() {
        commitBy(MEMBER, 5);
        leave();

        assertThat(errors(shard.run(commit("g", "web", 0, 9)))).containsExactly(ErrorCode.NONE);
        assertThat(shard.run(new DeleteGroup("g"))).isEqualTo(new DeleteGroupsResponse.Result("g", ErrorCode.NONE));
        shard.reload();
        assertThat(shard.ask(new ListGroups(List.of(), List.of())).groups()).isEmpty();
    }

    /** A deployment that is rolled back and crashes at once. */
    @Test
    void classicClientThatOnlyAsksForAnIdDoesNotEndTheRetention() {
        commitBy(MEMBER, 5);
        shard.passUntil(3 * RETENTION_MS);
        leave();
        JoinGroupRequest request = new JoinGroupRequest(
                "g",
                SESSION_TIMEOUT_MS,
                60_000,
                "",
                null,
                "consumer",
                List.of(new JoinGroupRequest.Protocol("range", Bytes.EMPTY)));
        shard.run(new JoinGroup(request, true, new UUID(1, 1), new MemberClient("client", "/127.0.0.1")));

        shard.passUntil(4 * RETENTION_MS - 1);
        assertThat(offsets(shard.ask(fetchAll("g")))).hasSize(2);
        shard.reload();
        assertThat(shard.ask(new ListGroups(List.of(), List.of())).groups())
                .containsExactly(new ListGroupsResponse.Group("g", "consumer", "Empty", "classic"));
        shard.passUntil(5 * RETENTION_MS);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEmpty();
    }

    private void leave() {
        shard.run(new ConsumerGroupHeartbeat(
                new ConsumerGroupHeartbeatRequest("g", MEMBER, -1, null, null, -1, null, null, null, null),
                (short) 1,
                new MemberClient("client", "/127.0.0.1"),
                "unused"));
    }

    private ErrorCode fetchError(String memberId, int epoch) {
        return shard.ask(new FetchOffsets(new OffsetFetchRequest.Group("g", memberId, epoch, null), false))
                .errorCode();
    }

    /** Commits web-0 and web-1. */
    private List<ErrorCode> commitInTransaction(String memberId, int epoch) {
        return TransactionRequests.errors(shard.run(TransactionRequests.commitBy(
                memberId, null, epoch, 1, "g", "web", new long[] {0, 7}, new long[] {1, 8})));
    }

    private List<ErrorCode> commitBy(String memberId, int epoch) {
        OffsetCommitRequest request = new OffsetCommitRequest(
                "g", epoch, memberId, null, -1, List.of(topic("web", offset(0, 7, null), offset(1, 8, null))));
        return errors(shard.run(new CommitOffsets(request, (short) 9)));
    }

    private void store(GroupRecordKey key, GroupRecordValue value) {
        shard.store(new StoredRecord(GroupRecords.encodeKey(key), GroupRecords.encodeValue(value)));
    }
}
