package io.tailrace.groups.classic;

import static io.tailrace.groups.classic.ClassicClients.DELAY_MS;
import static io.tailrace.groups.classic.ClassicClients.GROUP;
import static io.tailrace.groups.classic.ClassicClients.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.ShardHarness.Answer;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaveGroupTest {
    private final ClassicClients clients = new ClassicClients();

    @Test
    void theOthersRebalanceAtOnce() {
        List<JoinGroupResponse> members = clients.stable(2);

        assertThat(clients.leave(members.get(0).memberId())).isEqualTo(ErrorCode.NONE);

        assertThat(clients.heartbeat(members.get(1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        JoinGroupResponse left = clients.join(members.get(1).memberId()).get();
        assertThat(left.leader()).isEqualTo(left.memberId());
        assertThat(left.members()).hasSize(1);
    }

    @Test
    void recordsThatAreTooLargeAreNoErrorOfThisRequest() {
        LeaveGroup leave = new LeaveGroup(new LeaveGroupRequest(GROUP, "m", List.of()), false);

        assertThat(leave.refused(ErrorCode.MESSAGE_TOO_LARGE).errorCode()).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
    }

    @Test
    void theLastMemberLeavesAnEmptyGroup() {
        JoinGroupResponse member = clients.stable(1).get(0);

        assertThat(clients.leave(member.memberId())).isEqualTo(ErrorCode.NONE);

        assertThat(clients.group().state()).isEqualTo(ClassicGroupState.EMPTY);
        assertThat(clients.shard.timers()).isEmpty();
        assertThat(clients.shard.replica().groups().get(GROUP)).isEqualTo(clients.group());
    }

    @Test
    void eachMemberOfABatchHasAResultAndThereIsOneRebalance() {
        List<JoinGroupResponse> members = clients.stableStatic(3);

        LeaveGroupResponse left = clients.leave(
                new LeaveGroupRequest.Member(members.get(1).memberId(), "i1"),
                new LeaveGroupRequest.Member("", "i2"),
                new LeaveGroupRequest.Member("", "i7"),
                new LeaveGroupRequest.Member(members.get(0).memberId(), "i7"),
                new LeaveGroupRequest.Member("unheard of", null),
                new LeaveGroupRequest.Member("", null));

        assertThat(left.errorCode()).isEqualTo(ErrorCode.NONE);
        assertThat(left.members())
                .extracting(LeaveGroupResponse.Member::errorCode)
                .containsExactly(
                        ErrorCode.NONE,
                        ErrorCode.NONE,
                        ErrorCode.UNKNOWN_MEMBER_ID,
                        ErrorCode.UNKNOWN_MEMBER_ID,
                        ErrorCode.UNKNOWN_MEMBER_ID,
                        ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(clients.group().members().size()).isEqualTo(1);
        assertThat(clients.joinStatic(members.get(0).memberId(), "i0").get().generationId())
                .isEqualTo(2);
    }

    @Test
    void beforeVersion3TheMembersErrorIsTheRequests() {
        JoinGroupResponse member = clients.stable(1).get(0);

        assertThat(leaveBeforeBatches("unheard of")).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(leaveBeforeBatches(member.memberId())).isEqualTo(ErrorCode.NONE);
    }

    private ErrorCode leaveBeforeBatches(String memberId) {
        return clients.shard
                .call(new LeaveGroup(new LeaveGroupRequest(GROUP, memberId, List.of()), false))
                .errorCode();
    }

    @Test
    void aMemberThatWaitsIsAnsweredWhenItIsRemoved() {
        List<JoinGroupResponse> members = clients.stable(2);
        Answer<JoinGroupResponse> waits = clients.join(members.get(0).memberId());

        clients.leave(members.get(0).memberId());

        assertThat(waits.get().errorCode()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void theLastOneThatARebalanceWaitsForMayLeave() {
        List<JoinGroupResponse> members = clients.stable(2);
        Answer<JoinGroupResponse> waits = clients.join(members.get(0).memberId());

        clients.leave(members.get(1).memberId());

        assertThat(waits.get().members()).hasSize(1);
    }

    @Test
    void anIdThatItsClientHasNotJoinedByMayLeave() {
        JoinGroupResponse refused =
                clients.submit(request("", null, "range"), true).get();

        assertThat(clients.leave(refused.memberId())).isEqualTo(ErrorCode.NONE);

        assertThat(clients.groupExists()).isFalse();
        assertThat(clients.shard.timers()).isEmpty();
    }

    @Test
    void aStableGroupDoesNotRebalanceForAnIdThatItsClientHasNotJoinedBy() {
        clients.stable(1);
        JoinGroupResponse refused =
                clients.submit(request("", null, "range"), true).get();

        clients.leave(refused.memberId());

        assertThat(clients.group().state()).isEqualTo(ClassicGroupState.STABLE);
    }

    @Test
    void requestsForNoGroupAreRefused() {
        assertThat(clients.leave("m")).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(clients.shard
                        .call(new LeaveGroup(new LeaveGroupRequest("", "m", List.of()), false))
                        .errorCode())
                .isEqualTo(ErrorCode.INVALID_GROUP_ID);
    }

    @Test
    void aMemberMayLeaveDuringTheInitialDelay() {
        Answer<JoinGroupResponse> stays = clients.join("");
        JoinGroupResponse refused =
                clients.submit(request("", null, "range"), true).get();
        Answer<JoinGroupResponse> leaves = clients.join(refused.memberId());
        clients.leave(refused.memberId());
        assertThat(leaves.get().errorCode()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        clients.shard.advance(2 * DELAY_MS);

        assertThat(stays.get().members()).hasSize(1);
    }
}
