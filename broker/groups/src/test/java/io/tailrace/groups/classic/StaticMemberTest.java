package io.tailrace.groups.classic;

import static io.tailrace.groups.classic.ClassicClients.DELAY_MS;
import static io.tailrace.groups.classic.ClassicClients.REBALANCE_MS;
import static io.tailrace.groups.classic.ClassicClients.SESSION_MS;
import static io.tailrace.groups.classic.ClassicClients.bytes;
import static io.tailrace.groups.classic.ClassicClients.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.ShardHarness.Answer;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Members with an instance id (KIP-345). */
class StaticMemberTest {
    private final ClassicClients clients = new ClassicClients();

    @Test
    void aStaticMemberNeedsNotKnowItsId() {
        Answer<JoinGroupResponse> join = clients.joinStatic("", "i0");
        clients.shard.advance(DELAY_MS);

        assertThat(join.get().memberId()).startsWith("i0-");
        assertThat(join.get().members())
                .extracting(JoinGroupResponse.Member::groupInstanceId)
                .containsExactly("i0");
    }

    @Test
    void aRestartedMemberOfAStableGroupKeepsItsAssignmentWithoutRebalance() {
        List<JoinGroupResponse> members = clients.stableStatic(2);

        JoinGroupResponse restarted = clients.joinStatic("", "i1").get();

        assertThat(restarted.errorCode()).isEqualTo(ErrorCode.NONE);
        assertThat(restarted.generationId()).isEqualTo(1);
        assertThat(restarted.memberId())
                .startsWith("i1-")
                .isNotEqualTo(members.get(1).memberId());
        assertThat(clients.sync(restarted, "i1").get().assignment())
                .isEqualTo(bytes("of " + members.get(1).memberId()));
        assertThat(clients.heartbeat(members.get(0))).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aRestartedLeaderIsNotAskedForAnAssignment() {
        List<JoinGroupResponse> members = clients.stableStatic(2);

        JoinGroupResponse restarted = clients.joinStatic("", "i0").get();

        assertThat(restarted.leader()).isEqualTo(members.get(0).memberId());
        assertThat(restarted.members()).isEmpty();
        assertThat(clients.group().isLeader(restarted.memberId())).isTrue();
    }

    @Test
    void theReplacedMemberIsFenced() {
        JoinGroupResponse former = clients.stableStatic(2).get(1);
        clients.joinStatic("", "i1");

        assertThat(clients.heartbeat(former.memberId(), 1, "i1")).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(clients.heartbeat(former.memberId(), 1, null)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(clients.sync(former, "i1").get().errorCode()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(clients.joinStatic(former.memberId(), "i1").get().errorCode())
                .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(clients.leave(new LeaveGroupRequest.Member(former.memberId(), "i1"))
                        .members())
                .extracting(member -> member.errorCode())
                .containsExactly(ErrorCode.FENCED_INSTANCE_ID);
    }

    @Test
    void theReplacementIsStoredBeforeItIsAnswered() {
        clients.stableStatic(2);
        clients.shard.holdCommits();
        Answer<JoinGroupResponse> restarted = clients.joinStatic("", "i1");
        assertThat(restarted.isDone()).isFalse();
        clients.shard.commit();

        clients.shard.failOver();

        assertThat(clients.heartbeat(restarted.get().memberId(), 1, "i1")).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aReplacementThatCannotBeStoredChangesNothing() {
        JoinGroupResponse former = clients.stableStatic(2).get(1);
        clients.shard.refuseAppends(ErrorCode.COORDINATOR_NOT_AVAILABLE);

        assertThat(clients.joinStatic("", "i1").get().errorCode()).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(clients.heartbeat(former.memberId(), 1, "i1")).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aRestartedMemberThatChangesTheSelectedProtocolStartsARebalance() {
        List<Answer<JoinGroupResponse>> joins = List.of(
                clients.submit(request("", "i0", "range", "sticky"), true),
                clients.submit(request("", "i1", "range", "sticky"), true));
        clients.shard.advance(2 * DELAY_MS);
        clients.syncAll(joins);

        Answer<JoinGroupResponse> restarted = clients.submit(request("", "i1", "sticky"), true);

        assertThat(restarted.isDone()).isFalse();
        assertThat(clients.group().state()).isEqualTo(ClassicGroupState.PREPARING_REBALANCE);
    }

    @Test
    void aMemberReplacedWhileItWaitsIsFencedAtOnce() {
        List<JoinGroupResponse> members = clients.stableStatic(2);
        Answer<JoinGroupResponse> waits = clients.joinStatic(members.get(0).memberId(), "i0");
        Answer<JoinGroupResponse> restarted = clients.joinStatic("", "i0");

        assertThat(waits.get().errorCode()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(restarted.isDone()).isFalse();

        clients.joinStatic(members.get(1).memberId(), "i1");

        assertThat(restarted.get().generationId()).isEqualTo(2);
    }

    @Test
    void aMemberReplacedBeforeTheAssignmentStartsAnotherRebalance() {
        List<Answer<JoinGroupResponse>> joins = List.of(clients.joinStatic("", "i0"), clients.joinStatic("", "i1"));
        clients.shard.advance(2 * DELAY_MS);
        Answer<SyncGroupResponse> waits = clients.sync(joins.get(1).get(), "i1");

        Answer<JoinGroupResponse> restarted = clients.joinStatic("", "i1");

        assertThat(waits.get().errorCode()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(restarted.isDone()).isFalse();
        assertThat(clients.heartbeat(joins.get(0).get())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void aStaticMemberThatIsAwayDuringARebalanceKeepsItsPlaceUntilItsSessionEnds() {
        List<JoinGroupResponse> members = clients.stableStatic(2);
        Answer<JoinGroupResponse> leader = clients.joinStatic(members.get(0).memberId(), "i0");
        for (int passedMs = 0; passedMs < REBALANCE_MS; passedMs += SESSION_MS / 2) {
            clients.heartbeat(members.get(1).memberId(), 1, "i1");
            clients.shard.advance(SESSION_MS / 2);
        }
        assertThat(leader.get().members())
                .extracting(JoinGroupResponse.Member::groupInstanceId)
                .containsExactly("i0", "i1");
        assertThat(clients.heartbeat(members.get(1).memberId(), 1, "i1")).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    }

    @Test
    void anUnknownInstanceIsAnUnknownMember() {
        JoinGroupResponse member = clients.stableStatic(1).get(0);

        assertThat(clients.heartbeat(member.memberId(), 1, "i7")).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }
}
