package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.codec.ConsumerProtocol;
import io.tailrace.protocol.group.ConsumerProtocolAssignment;
import io.tailrace.protocol.group.ConsumerProtocolSubscription;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A member by the classic protocol, after the coordinator has refused the consumer protocol. */
class ClassicMembershipTest extends GroupMemberFixture {
    /** Joins by the classic protocol, after the consumer protocol was refused, as the leader of the generation. */
    private void joinClassic(int generation, String leader) {
        subscribeClassic();
        answer(JoinGroupRequest.class, joined(ErrorCode.MEMBER_ID_REQUIRED, -1, ""));
        assertThat(answer(JoinGroupRequest.class, joined(ErrorCode.NONE, generation, leader))
                        .memberId())
                .isEqualTo("me");
    }

    private void subscribeClassic() {
        subscribe();
        take(ConsumerGroupHeartbeatRequest.class).fail(ErrorCode.UNSUPPORTED_VERSION);
        step();
        if (waits(FindCoordinatorRequest.class)) {
            findCoordinatorAgain();
        }
    }

    private static JoinGroupResponse joined(ErrorCode error, int generation, String leader) {
        Bytes subscription = ConsumerProtocol.encode(
                new ConsumerProtocolSubscription(List.of("t"), null, List.of(), -1, null), (short) 1);
        return new JoinGroupResponse(
                0,
                error,
                generation,
                "range",
                leader,
                "me",
                leader.equals("me")
                        ? List.of(
                                new JoinGroupResponse.Member("me", null, subscription),
                                new JoinGroupResponse.Member("you", null, subscription))
                        : List.of());
    }

    private static SyncGroupResponse synced(Integer... partitions) {
        return new SyncGroupResponse(
                0,
                ErrorCode.NONE,
                ConsumerProtocol.encode(
                        new ConsumerProtocolAssignment(
                                List.of(new ConsumerProtocolAssignment.Topic("t", Arrays.asList(partitions))), null),
                        (short) 1));
    }

    @Test
    void theLeaderOfAClassicGenerationAssignsByRange() {
        joinClassic(1, "me");
        SyncGroupRequest sync = answer(SyncGroupRequest.class, synced(0, 1));
        assertThat(sync.generationId()).isEqualTo(1);
        assertThat(sync.assignments().stream().map(SyncGroupRequest.Assignment::memberId))
                .containsExactly("me", "you");
        assertThat(ConsumerProtocol.assignment(sync.assignments().get(1).assignment())
                        .assignedPartitions()
                        .get(0)
                        .partitions())
                .containsExactly(2, 3);
        poll();
        assertThat(events).containsExactly("assigned t-0 t-1");
    }

    @Test
    void aClassicMemberGivesUpAllPartitionsBeforeItJoinsTheNextGeneration() {
        joinClassic(1, "you");
        assertThat(answer(SyncGroupRequest.class, synced(2)).assignments()).isEmpty();
        poll();
        time.advanceMs(3_000);
        step();
        answer(HeartbeatRequest.class, new HeartbeatResponse(0, ErrorCode.REBALANCE_IN_PROGRESS));
        assertThat(waits(JoinGroupRequest.class)).as("while it reads").isFalse();

        poll();
        assertThat(events).containsExactly("assigned t-2", "revoked t-2");
        assertThat(waits(JoinGroupRequest.class)).isTrue();
    }

    @Test
    void aClassicMemberThatTheGroupHasRemovedJoinsAsANewOne() {
        joinClassic(1, "you");
        answer(SyncGroupRequest.class, synced(2));
        poll();
        time.advanceMs(3_000);
        step();
        answer(HeartbeatRequest.class, new HeartbeatResponse(0, ErrorCode.UNKNOWN_MEMBER_ID));
        poll();
        assertThat(events).containsExactly("assigned t-2", "lost t-2");
        assertThat(take(JoinGroupRequest.class).as(JoinGroupRequest.class).memberId())
                .isEmpty();
    }

    @Test
    void aClassicMemberLeavesByItsId() {
        joinClassic(1, "you");
        answer(SyncGroupRequest.class, synced(2));
        poll();
        consumer().unsubscribe();
        assertThat(take(LeaveGroupRequest.class).as(LeaveGroupRequest.class).members())
                .containsExactly(new LeaveGroupRequest.Member("me", null));
    }

    @Test
    void aConsumerThatHasLeftDoesNotCommitAsIfItWereAlone() {
        config.membership().pollIntervalMsMax(60_000);
        joinClassic(1, "you");
        answer(SyncGroupRequest.class, synced(2));
        poll();
        time.advanceMs(60_000);
        step();
        assertThat(waits(LeaveGroupRequest.class)).isTrue();
        assertThatThrownBy(() -> consumer().commit(Map.of(new TopicPartition("t", 2), 5L)))
                .hasMessageContaining("not a member of its group");
    }

    @Test
    void aClassicMemberSendsHeartbeatsUntilItHasGivenUpItsPartitions() {
        joinClassic(1, "you");
        answer(SyncGroupRequest.class, synced(2));
        poll();
        for (int i = 0; i < 3; i++) {
            time.advanceMs(3_000);
            step();
            answer(HeartbeatRequest.class, new HeartbeatResponse(0, ErrorCode.REBALANCE_IN_PROGRESS));
        }
        time.advanceMs(3_000);
        step();
        answer(HeartbeatRequest.class, new HeartbeatResponse(0, ErrorCode.UNKNOWN_MEMBER_ID));
        poll();
        assertThat(events).containsExactly("assigned t-2", "lost t-2");
    }

    @Test
    void theLeaderOfAClassicGroupAssignsAgainWhenATopicHasGrown() {
        config.client().metadataMaxAgeMs(60_000);
        joinClassic(1, "me");
        answer(SyncGroupRequest.class, synced(0, 1));
        poll();
        network.lead(1, new TopicPartition("t", 4));
        time.advanceMs(60_000);
        step();
        poll();
        assertThat(events).containsExactly("assigned t-0 t-1", "revoked t-0 t-1");
        assertThat(waits(JoinGroupRequest.class)).isTrue();
    }

    @Test
    void topicsThatCameDuringAJoinAreJoinedFor() {
        subscribeClassic();
        answer(JoinGroupRequest.class, joined(ErrorCode.MEMBER_ID_REQUIRED, -1, ""));
        consumer().subscribe(List.of("t", "t2"), listener);
        step();
        answer(JoinGroupRequest.class, joined(ErrorCode.NONE, 1, "you"));
        answer(SyncGroupRequest.class, synced(2));
        JoinGroupRequest again = take(JoinGroupRequest.class).as(JoinGroupRequest.class);
        assertThat(ConsumerProtocol.subscription(again.protocols().get(0).metadata())
                        .topics())
                .containsExactly("t", "t2");
    }
}
