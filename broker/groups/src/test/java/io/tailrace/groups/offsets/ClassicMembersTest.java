package io.tailrace.groups.offsets;

import static io.tailrace.groups.offsets.OffsetRequests.commit;
import static io.tailrace.groups.offsets.OffsetRequests.errors;
import static io.tailrace.groups.offsets.OffsetRequests.fetchAll;
import static io.tailrace.groups.offsets.OffsetRequests.offset;
import static io.tailrace.groups.offsets.OffsetRequests.offsets;
import static io.tailrace.groups.offsets.OffsetRequests.topic;
import static io.tailrace.groups.offsets.TestShard.CHECK_INTERVAL_MS;
import static io.tailrace.groups.offsets.TestShard.RETENTION_MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.MemberClient;
import io.tailrace.groups.classic.JoinGroup;
import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.codec.ConsumerProtocol;
import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.group.ConsumerProtocolSubscription;
import io.tailrace.protocol.group.GroupMetadataKey;
import io.tailrace.protocol.group.GroupMetadataValue;
import io.tailrace.protocol.message.DeleteGroupsResponse;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.ListGroupsResponse;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.shard.StoredRecord;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Offsets of a group of the classic protocol, in generation 5, whose static member reads the topic web. */
class ClassicMembersTest {
    private static final String MEMBER = "member";
    private static final String INSTANCE = "instance";
    private static final int SESSION_TIMEOUT_MS = 30_000;

    private final TestShard shard = new TestShard().topic("web", 3).topic("app", 1);

    @BeforeEach
    void load() {
        shard.reload();
        store("consumer");
    }

    @Test
    void memberOfTheGenerationCommits() {
        assertThat(commitBy(MEMBER, INSTANCE, 5)).isEqualTo(ErrorCode.NONE);
        assertThat(commitBy(MEMBER, null, 5)).isEqualTo(ErrorCode.NONE);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-0", 7L));
    }

    @Test
    void commitsKeepAMemberInItsGroup() {
        shard.reload();
        shard.passUntil(SESSION_TIMEOUT_MS - 1);
        commitBoth();

        shard.passUntil(2 * SESSION_TIMEOUT_MS - 2);
        assertThat(listed()).extracting(ListGroupsResponse.Group::groupState).containsExactly("Stable");
        shard.passUntil(2 * SESSION_TIMEOUT_MS - 1);
        assertThat(listed()).extracting(ListGroupsResponse.Group::groupState).containsExactly("Empty");
    }

    @Test
    void othersAreRefusedAndNothingIsStored() {
        int before = shard.log().size();

        assertThat(commitBy(MEMBER, INSTANCE, 4)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(commitBy("other", null, 5)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(commitBy("other", INSTANCE, 5)).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(errors(shard.run(commit("g", "web", 0, 7))))
                .as("by a consumer that assigns its own partitions")
                .containsExactly(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(shard.log()).hasSize(before);
    }

    @Test
    void membersAreCheckedInTransactionsToo() {
        assertThat(commitInTransaction(MEMBER, INSTANCE, 5)).isEqualTo(ErrorCode.NONE);
        int before = shard.log().size();
        assertThat(commitInTransaction(MEMBER, INSTANCE, 4)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(commitInTransaction("other", null, 5)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(commitInTransaction("other", INSTANCE, 5)).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(shard.log()).hasSize(before);
    }

    /** Clients before version 3 of the request cannot name a member. */
    @Test
    void aTransactionMayCommitWithoutBeingAMember() {
        assertThat(commitInTransaction("", null, -1)).isEqualTo(ErrorCode.NONE);
    }

    /** Unlike a commit, an offset in a transaction does not show that the consumer is alive. */
    @Test
    void offsetsInATransactionDoNotKeepAMemberInItsGroup() {
        shard.reload();
        shard.passUntil(SESSION_TIMEOUT_MS - 1);
        assertThat(commitInTransaction(MEMBER, INSTANCE, 5)).isEqualTo(ErrorCode.NONE);

        shard.passUntil(SESSION_TIMEOUT_MS);
        assertThat(listed()).extracting(ListGroupsResponse.Group::groupState).containsExactly("Empty");
    }

    @Test
    void groupWithoutMembersTakesCommitsOfAnyConsumerThatAssignsItsOwnPartitions() {
        storeEmpty(0);

        assertThat(errors(shard.run(commit("g", "web", 0, 7)))).containsExactly(ErrorCode.NONE);
        assertThat(commitBy(MEMBER, null, 5)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void offsetsOfTopicsThatAreReadCannotBeDeleted() {
        commitBoth();

        assertThat(delete("web")).isEqualTo(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC);
        assertThat(delete("app")).isEqualTo(ErrorCode.NONE);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-0", 5L));

        storeEmpty(0);
        assertThat(delete("web")).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void offsetsOfAGroupOfAnotherProtocolCannotBeDeletedWhileItHasMembers() {
        store("connect");

        assertThat(shard.run(deletion("app")).errorCode()).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
    }

    @Test
    void groupIsDeletedOnlyWithoutMembers() {
        commitBoth();
        assertThat(shard.run(new DeleteGroup("g")))
                .isEqualTo(new DeleteGroupsResponse.Result("g", ErrorCode.NON_EMPTY_GROUP));
        assertThat(offsets(shard.ask(fetchAll("g")))).hasSize(2);

        storeEmpty(0);
        assertThat(shard.run(new DeleteGroup("g"))).isEqualTo(new DeleteGroupsResponse.Result("g", ErrorCode.NONE));
        shard.reload();
        assertThat(listed()).isEmpty();
    }

    @Test
    void groupIsListedWithItsProtocolAndState() {
        assertThat(listed()).containsExactly(new ListGroupsResponse.Group("g", "consumer", "Stable", "classic"));
        storeEmpty(0);
        assertThat(listed()).containsExactly(new ListGroupsResponse.Group("g", "consumer", "Empty", "classic"));
    }

    @Test
    void offsetsOfTopicsThatAreReadDoNotExpire() {
        commitBoth();

        shard.passUntil(5 * RETENTION_MS);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-0", 5L));
    }

    @Test
    void offsetsOfAGroupOfAnotherProtocolDoNotExpireWhileItHasMembers() {
        commitBoth();
        store("connect");

        shard.passUntil(5 * RETENTION_MS);
        assertThat(offsets(shard.ask(fetchAll("g")))).hasSize(2);
    }

    @Test
    void retentionStartsWhenTheLastMemberHasLeft() {
        commitBoth();
        shard.passUntil(3 * RETENTION_MS);
        storeEmpty(3 * RETENTION_MS);

        shard.passUntil(4 * RETENTION_MS - 1);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-0", 5L));
        shard.passUntil(4 * RETENTION_MS);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEmpty();
        assertThat(listed()).as("nothing is left of the group").isEmpty();
    }

    @Test
    void whatIsCommittedAfterTheLastMemberHasLeftStaysForItsOwnRetention() {
        commitBoth();
        storeEmpty(0);
        shard.passUntil(500);
        shard.run(commit("g", "web", 0, 9));

        shard.passUntil(500 + RETENTION_MS - 1);
        assertThat(offsets(shard.ask(fetchAll("g")))).hasSize(1);
        shard.passUntil(500 + RETENTION_MS);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEmpty();
    }

    @Test
    void groupWithoutMembersAndOffsetsIsRemoved() {
        shard.passUntil(CHECK_INTERVAL_MS);
        assertThat(listed()).as("while it has members").hasSize(1);

        storeEmpty(0);
        shard.passUntil(2 * CHECK_INTERVAL_MS);
        assertThat(listed()).isEmpty();
        shard.reload();
        assertThat(listed()).isEmpty();
    }

    @Test
    void clientThatHasNotJoinedByItsIdIsNoMember() {
        commitBoth();
        storeEmpty(0);
        shard.run(askForId());

        assertThat(errors(shard.run(commit("g", "web", 0, 7)))).containsExactly(ErrorCode.NONE);
        assertThat(delete("app")).isEqualTo(ErrorCode.NONE);
        assertThat(shard.run(new DeleteGroup("g"))).isEqualTo(new DeleteGroupsResponse.Result("g", ErrorCode.NONE));
        assertThat(listed()).isEmpty();
    }

    @Test
    void groupThatWasNeverStoredIsDeleted() {
        storeEmpty(0);
        shard.run(new DeleteGroup("g"));
        shard.run(askForId());

        assertThat(shard.run(new DeleteGroup("g"))).isEqualTo(new DeleteGroupsResponse.Result("g", ErrorCode.NONE));
        assertThat(listed()).isEmpty();
    }

    @Test
    void clientThatHasNotJoinedByItsIdDoesNotEndTheRetention() {
        commitBoth();
        shard.passUntil(3 * RETENTION_MS);
        storeEmpty(3 * RETENTION_MS);
        shard.run(askForId());

        shard.passUntil(4 * RETENTION_MS - 1);
        assertThat(offsets(shard.ask(fetchAll("g")))).isEqualTo(Map.of("web-0", 5L));
    }

    private static JoinGroup askForId() {
        JoinGroupRequest request = new JoinGroupRequest(
                "g",
                SESSION_TIMEOUT_MS,
                60_000,
                "",
                null,
                "consumer",
                List.of(new JoinGroupRequest.Protocol("range", Bytes.EMPTY)));
        return new JoinGroup(request, true, new UUID(1, 1), new MemberClient("client", "/127.0.0.1"));
    }

    private List<ListGroupsResponse.Group> listed() {
        return shard.ask(new ListGroups(List.of(), List.of())).groups();
    }

    private void commitBoth() {
        OffsetCommitRequest request = new OffsetCommitRequest(
                "g", 5, MEMBER, null, -1, List.of(topic("web", offset(0, 5, null)), topic("app", offset(0, 6, null))));
        assertThat(errors(shard.run(new CommitOffsets(request, (short) 8)))).containsOnly(ErrorCode.NONE);
    }

    private ErrorCode commitBy(String memberId, @Nullable String instanceId, int generation) {
        OffsetCommitRequest request = new OffsetCommitRequest(
                "g", generation, memberId, instanceId, -1, List.of(topic("web", offset(0, 7, null))));
        return errors(shard.run(new CommitOffsets(request, (short) 8))).get(0);
    }

    private ErrorCode commitInTransaction(String memberId, @Nullable String instanceId, int generation) {
        return TransactionRequests.errors(shard.run(TransactionRequests.commitBy(
                        memberId, instanceId, generation, 1, "g", "web", new long[] {0, 7})))
                .get(0);
    }

    private ErrorCode delete(String topic) {
        return shard.run(deletion(topic)).topics().get(0).partitions().get(0).errorCode();
    }

    private static DeleteOffsets deletion(String topic) {
        return new DeleteOffsets(new OffsetDeleteRequest(
                "g", List.of(new OffsetDeleteRequest.Topic(topic, List.of(new OffsetDeleteRequest.Partition(0))))));
    }

    private void store(String protocolType) {
        Bytes subscription = ConsumerProtocol.encode(
                new ConsumerProtocolSubscription(List.of("web"), null, List.of(), -1, null), (short) 3);
        store(new GroupMetadataValue(
                protocolType,
                5,
                "range",
                MEMBER,
                0,
                List.of(new GroupMetadataValue.MemberMetadata(
                        MEMBER,
                        INSTANCE,
                        "client",
                        "/127.0.0.1",
                        60_000,
                        SESSION_TIMEOUT_MS,
                        subscription,
                        Bytes.EMPTY))));
    }

    private void storeEmpty(long sinceMs) {
        store(new GroupMetadataValue("consumer", 6, null, null, sinceMs, List.of()));
    }

    private void store(GroupMetadataValue value) {
        shard.store(
                new StoredRecord(GroupRecords.encodeKey(new GroupMetadataKey("g")), GroupRecords.encodeValue(value)));
    }
}
