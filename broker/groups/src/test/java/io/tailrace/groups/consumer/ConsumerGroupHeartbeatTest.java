package io.tailrace.groups.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.ConsumerGroupState;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.ConsumerSettings;
import io.tailrace.groups.GroupSettings;
import io.tailrace.groups.MemberClient;
import io.tailrace.groups.OffsetCaller;
import io.tailrace.groups.ShardHarness;
import io.tailrace.groups.TestCluster;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConsumerGroupHeartbeatTest {
    private static final UUID T = TestCluster.id("t");
    private static final int SESSION_TIMEOUT_MS = 45_000;
    private static final int REBALANCE_TIMEOUT_MS = 300_000;

    private static final int SESSION_MS = ConsumerSettings.defaults().timing().sessionTimeoutMs();

    private final ShardHarness harness = harness(TestCluster.EMPTY.with("t", 4));
    private final TestConsumer one = new TestConsumer(harness, "m1").subscribedTo("t");
    private final TestConsumer two = new TestConsumer(harness, "m2").subscribedTo("t");

    private static ShardHarness harness(TestCluster cluster) {
        return new ShardHarness(cluster, GroupSettings.defaults());
    }

    private ConsumerGroup group() {
        return (ConsumerGroup) Objects.requireNonNull(harness.shard().groups().get(TestConsumer.GROUP));
    }

    private @Nullable ConsumerMember member(String id) {
        return group().member(id);
    }

    private static Assignment partitions(Integer... indexes) {
        return Assignment.of(Map.of(T, Set.of(indexes)));
    }

    private void settle(TestConsumer... consumers) {
        for (int round = 0; round < 5; round++) {
            for (TestConsumer consumer : consumers) {
                consumer.heartbeat();
            }
        }
        assertThat(group().state()).isEqualTo(ConsumerGroupState.STABLE);
    }

    private static ConsumerGroupHeartbeatRequest incremental(String memberId, int epoch, @Nullable Assignment owned) {
        return new ConsumerGroupHeartbeatRequest(
                TestConsumer.GROUP,
                memberId,
                epoch,
                null,
                null,
                -1,
                null,
                null,
                null,
                owned == null ? null : TestConsumer.partitions(owned));
    }

    private ConsumerGroupHeartbeatResponse call(ConsumerGroupHeartbeatRequest request) {
        return harness.call(TestConsumer.operation(request));
    }

    @Test
    void memberWhoseHeartbeatCannotBeStoredStays() {
        TestConsumer one = new TestConsumer(harness, "m1").subscribedTo("t");
        TestConsumer two = new TestConsumer(harness, "m2").subscribedTo("t");
        one.heartbeat();
        two.heartbeat();
        two.leave(-1);
        harness.refuseAppends(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        for (int i = 0; i < 4; i++) {
            harness.advance(SESSION_MS / 2);
            assertThat(one.heartbeat().errorCode()).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        }
        harness.refuseAppends(ErrorCode.NONE);
        harness.advance(SESSION_MS / 2);

        assertThat(one.heartbeat().errorCode()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void onlyMemberGetsEverythingAtOnce() {
        ConsumerGroupHeartbeatResponse answer = one.heartbeat();

        assertThat(answer.errorCode()).isEqualTo(ErrorCode.NONE);
        assertThat(answer.memberEpoch()).isEqualTo(1);
        assertThat(answer.heartbeatIntervalMs()).isEqualTo(5_000);
        assertThat(one.owned()).isEqualTo(partitions(0, 1, 2, 3));
        assertThat(group().state()).isEqualTo(ConsumerGroupState.STABLE);
    }

    @Test
    void memberGetsPartitionsOnlyAfterTheOtherHasGivenThemUp() {
        settle(one);

        two.heartbeat();
        assertThat(two.epoch()).isEqualTo(2);
        assertThat(two.owned()).isEqualTo(Assignment.EMPTY);

        one.heartbeat();
        assertThat(one.epoch()).as("until it has given up").isEqualTo(1);
        assertThat(one.owned().size()).isEqualTo(2);
        two.heartbeat();
        assertThat(two.owned()).as("before the other has reported").isEqualTo(Assignment.EMPTY);

        one.heartbeat();
        assertThat(one.epoch()).isEqualTo(2);
        two.heartbeat();
        assertThat(two.owned().size()).isEqualTo(2);
        assertThat(group().state()).isEqualTo(ConsumerGroupState.STABLE);
    }

    @Test
    void membersAreAskedToComeBackSoonWhileTheGroupSettles() {
        settle(one);

        assertThat(two.heartbeat().heartbeatIntervalMs()).isEqualTo(500);
        settle(one, two);
        assertThat(one.heartbeat().heartbeatIntervalMs()).isEqualTo(5_000);
    }

    @Test
    void heartbeatWithoutNewsStoresNothingAndMovesTheTimer() {
        settle(one);
        int records = harness.log().size();
        harness.advance(SESSION_TIMEOUT_MS - 1);

        ConsumerGroupHeartbeatResponse answer = one.heartbeat();

        assertThat(answer.assignment()).isNull();
        assertThat(harness.log()).hasSize(records);
        harness.advance(SESSION_TIMEOUT_MS - 1);
        assertThat(member("m1")).isNotNull();
        harness.advance(1);
        assertThat(member("m1")).isNull();
        assertThat(one.heartbeat().errorCode()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void partitionsOfMemberThatLeavesGoToTheOthers() {
        settle(one, two);

        assertThat(two.leave(-1)).isEqualTo(ErrorCode.NONE);
        one.heartbeat();

        assertThat(one.owned().size()).isEqualTo(4);
        assertThat(one.leave(-1)).isEqualTo(ErrorCode.NONE);
        assertThat(group().state()).isEqualTo(ConsumerGroupState.EMPTY);
        assertThat(harness.timers()).isEmpty();
    }

    @Test
    void memberThatDoesNotGiveUpItsPartitionsIsRemovedAfterItsRebalanceTimeout() {
        settle(one);
        two.heartbeat();
        for (int ms = 0; ms < REBALANCE_TIMEOUT_MS; ms += 1000) {
            call(incremental("m1", 1, null));
            two.heartbeat();
            harness.advance(1000);
        }

        assertThat(member("m1")).isNull();
        two.heartbeat();
        assertThat(two.owned().size()).isEqualTo(4);
        assertThat(call(incremental("m1", 1, null)).errorCode()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void rebalanceTimeoutEndsWithTheRevocation() {
        settle(one);
        settle(one, two);
        for (int ms = 0; ms < REBALANCE_TIMEOUT_MS; ms += 10_000) {
            one.heartbeat();
            two.heartbeat();
            harness.advance(10_000);
        }

        assertThat(member("m1")).isNotNull();
    }

    @Test
    void memberWhoseAnswerWasLostMayStayAnEpochBehind() {
        settle(one);
        two.heartbeat();
        one.heartbeat();
        ConsumerGroupHeartbeatRequest gaveUp = one.request();
        call(gaveUp);

        assertThat(call(gaveUp).memberEpoch()).isEqualTo(2);
        ConsumerGroupHeartbeatResponse withoutPartitions = call(incremental("m1", 1, null));
        assertThat(withoutPartitions.memberEpoch()).isEqualTo(2);
        assertThat(withoutPartitions.assignment()).as("what it has missed").isNotNull();
        assertThat(call(incremental("m1", 1, partitions(0, 1, 2, 3))).errorCode())
                .isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
        assertThat(call(incremental("m1", 3, null)).errorCode()).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
    }

    @Test
    void fencedMemberCanJoinAgainAtOnce() {
        settle(one, two);
        assertThat(call(incremental("m1", 7, null)).errorCode()).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);

        TestConsumer again = new TestConsumer(harness, "m1").subscribedTo("t");
        again.heartbeat();

        assertThat(again.owned().size()).isEqualTo(2);
        assertThat(again.epoch()).isEqualTo(2);
        assertThat(two.heartbeat().assignment())
                .as("nothing changes for the other")
                .isNull();
    }

    @Test
    void firstAnswerOfNewCoordinatorHasTheAssignment() {
        settle(one, two);
        harness.failOver();

        ConsumerGroupHeartbeatResponse answer = one.heartbeat();

        assertThat(answer.errorCode()).isEqualTo(ErrorCode.NONE);
        assertThat(answer.assignment()).isNotNull();
        assertThat(one.heartbeat().assignment()).isNull();
        harness.advance(SESSION_TIMEOUT_MS);
        assertThat(member("m2")).as("timers start again").isNull();
    }

    @Test
    void memberThatOwnsSomethingElseIsSentItsAssignment() {
        settle(one, two);

        assertThat(call(incremental("m1", 2, Assignment.EMPTY)).assignment()).isNotNull();
    }

    @Test
    void subscriptionAndTopicsAreFollowed() {
        settle(one, two);
        TestCluster more = TestCluster.EMPTY.with("t", 6).with("u", 2);
        harness.clusterChanged(more);
        settle(one, two);
        assertThat(one.owned().size() + two.owned().size()).isEqualTo(6);

        two.resubscribe("t", "u");
        settle(one, two);
        assertThat(one.owned().size() + two.owned().size()).isEqualTo(8);
        assertThat(one.owned().size()).isEqualTo(4);

        harness.clusterChanged(more.without("t"));
        settle(one, two);
        assertThat(one.owned()).isEqualTo(Assignment.EMPTY);
        assertThat(two.owned().size()).isEqualTo(2);
    }

    @Test
    void clusterThatChangesElsewhereStartsNoEpoch() {
        settle(one);
        int epoch = group().epoch();
        harness.clusterChanged(TestCluster.EMPTY.with("t", 4).with("other", 1));
        one.heartbeat();

        assertThat(group().epoch()).isEqualTo(epoch);
    }

    @Test
    void staticMemberThatComesBackKeepsItsPartitions() {
        TestConsumer before = new TestConsumer(harness, "s1").subscribedTo("t").instance("i");
        settle(before, two);
        Assignment had = before.owned();
        int epoch = group().epoch();
        TestConsumer early = new TestConsumer(harness, "s2").subscribedTo("t").instance("i");
        assertThat(early.heartbeat().errorCode()).isEqualTo(ErrorCode.UNRELEASED_INSTANCE_ID);

        assertThat(before.leave(-2)).isEqualTo(ErrorCode.NONE);
        two.heartbeat();
        TestConsumer after = new TestConsumer(harness, "s3").subscribedTo("t").instance("i");
        after.heartbeat();

        assertThat(after.owned()).isEqualTo(had);
        assertThat(group().epoch()).isEqualTo(epoch);
        assertThat(member("s1")).isNull();
        assertThat(before.heartbeat().errorCode()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    }

    @Test
    void staticMemberThatStaysAwayIsRemovedWithItsSession() {
        TestConsumer away = new TestConsumer(harness, "s1").subscribedTo("t").instance("i");
        settle(away);
        away.leave(-2);
        assertThat(call(incremental("s1", 1, null)).errorCode()).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);

        two.heartbeat();
        assertThat(two.owned()).isEqualTo(Assignment.EMPTY);
        harness.advance(SESSION_TIMEOUT_MS - 1);
        two.heartbeat();
        harness.advance(1);
        two.heartbeat();

        assertThat(two.owned().size()).isEqualTo(4);
    }

    @Test
    void mostVotesChooseTheAssignor() {
        TestConsumer a = new TestConsumer(harness, "a").subscribedTo("t").choosing("range");
        TestConsumer b = new TestConsumer(harness, "b").subscribedTo("t").choosing("range");
        settle(a, b);

        assertThat(a.owned()).isEqualTo(partitions(0, 1));
        assertThat(b.owned()).isEqualTo(partitions(2, 3));
        assertThat(new TestConsumer(harness, "c")
                        .subscribedTo("t")
                        .choosing("other")
                        .heartbeat()
                        .errorCode())
                .isEqualTo(ErrorCode.UNSUPPORTED_ASSIGNOR);
    }

    @Test
    void commitUnderWayWhenTheEpochChangesIsAccepted() {
        settle(one);
        settle(one, two);
        int kept = one.owned().of(T).iterator().next();
        int given = two.owned().of(T).iterator().next();

        OffsetCaller late = new OffsetCaller("m1", null, 1);
        assertThat(group().commitError(late)).isEqualTo(ErrorCode.NONE);
        assertThat(group().commitError(late, T, kept)).isEqualTo(ErrorCode.NONE);
        assertThat(group().commitError(late, T, given)).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(group().commitError(new OffsetCaller("m2", null, 1), T, given))
                .as("before it had it")
                .isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(group().commitError(new OffsetCaller("m1", null, 3))).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(group().commitError(new OffsetCaller("m3", null, 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(group().commitError(new OffsetCaller("", null, -1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void invalidRequestsAreRefusedWithTheReason() {
        ConsumerGroupHeartbeatRequest valid = one.request();
        requireInvalid(with(valid, "", "m1", 0), "GroupId is empty");
        requireInvalid(with(valid, "g", "", 0), "MemberId is empty");
        requireInvalid(with(valid, "g", "m1", -3), "MemberEpoch is -3");
        requireInvalid(with(valid, "g", "m1", -2), "InstanceId is null");
        requireInvalid(
                new ConsumerGroupHeartbeatRequest("g", "m", 0, null, null, -1, List.of("t"), null, null, List.of()),
                "RebalanceTimeoutMs");
        requireInvalid(
                new ConsumerGroupHeartbeatRequest("g", "m", 0, null, null, 1, List.of("t"), null, null, null),
                "TopicPartitions");
        requireInvalid(
                new ConsumerGroupHeartbeatRequest("g", "m", 0, null, null, 1, null, null, null, List.of()),
                "SubscribedTopicNames");
        requireInvalid(
                new ConsumerGroupHeartbeatRequest("g", "m", 0, "", null, 1, List.of(), null, null, List.of()),
                "InstanceId");
        requireInvalid(
                new ConsumerGroupHeartbeatRequest("g", "m", 0, null, "", 1, List.of(), null, null, List.of()),
                "RackId");
        assertThat(harness.log()).isEmpty();
    }

    private static ConsumerGroupHeartbeatRequest with(
            ConsumerGroupHeartbeatRequest valid, String group, String memberId, int epoch) {
        return new ConsumerGroupHeartbeatRequest(
                group, memberId, epoch, null, null, 1, valid.subscribedTopicNames(), null, null, List.of());
    }

    private void requireInvalid(ConsumerGroupHeartbeatRequest request, String message) {
        ConsumerGroupHeartbeatResponse answer = call(request);
        assertThat(answer.errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(answer.errorMessage()).startsWith(message);
    }

    @Test
    void memberOfVersion0GetsAnId() {
        ConsumerGroupHeartbeatRequest request = with(one.request(), "g", "", 0);
        ConsumerGroupHeartbeatResponse answer =
                harness.call(new ConsumerGroupHeartbeat(request, (short) 0, new MemberClient("c", "/h"), "generated"));

        assertThat(answer.memberId()).isEqualTo("generated");
        assertThat(group().members()).containsOnlyKeys("generated");
    }

    @Test
    void unknownGroupAndMemberAreAskedToJoin() {
        assertThat(call(incremental("m1", 1, null)).errorCode()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(one.leave(-1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        settle(two);
        assertThat(one.leave(-1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void refusedAppendLeavesTheGroupAsItWas() {
        settle(one);
        harness.refuseAppends(ErrorCode.NOT_COORDINATOR);

        assertThat(two.send().get().errorCode()).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(group().epoch()).isEqualTo(1);
        assertThat(one.heartbeat().errorCode()).isEqualTo(ErrorCode.NONE);
    }
}
