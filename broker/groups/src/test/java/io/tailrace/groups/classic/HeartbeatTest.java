package io.tailrace.groups.classic;

import static io.tailrace.groups.classic.ClassicClients.DELAY_MS;
import static io.tailrace.groups.classic.ClassicClients.SESSION_MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ShardHarness.Answer;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.SyncGroupRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
    private final ClassicClients clients = new ClassicClients();

    @Test
    void emptyGroupIdIsInvalid() {
        assertThat(clients.shard
                        .call(new Heartbeat(new HeartbeatRequest("", 1, "m", null)))
                        .errorCode())
                .isEqualTo(ErrorCode.INVALID_GROUP_ID);
        assertThat(clients.shard
                        .call(new SyncGroup(new SyncGroupRequest("", 1, "m", null, List.of())))
                        .errorCode())
                .isEqualTo(ErrorCode.INVALID_GROUP_ID);
    }

    @Test
    void aHeartbeatMovesATimerAndNothingElse() {
        JoinGroupResponse member = clients.stable(1).get(0);
        ClassicGroup before = clients.group();
        int records = clients.shard.log().size();
        clients.shard.advance(SESSION_MS / 2);

        assertThat(clients.heartbeat(member)).isEqualTo(ErrorCode.NONE);

        assertThat(clients.group()).isSameAs(before);
        assertThat(clients.shard.log()).hasSize(records);
        assertThat(clients.shard.timers()).containsValue(clients.shard.nowMs() + SESSION_MS);
    }

    @Test
    void aMemberThatWaitsForTheAssignmentMaySendHeartbeats() {
        Answer<JoinGroupResponse> joined = clients.join("");
        clients.shard.advance(DELAY_MS);

        assertThat(clients.heartbeat(joined.get())).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void heartbeatsThatDoNotFitAreRefused() {
        assertThat(clients.heartbeat("unheard of", 1, null)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);

        JoinGroupResponse member = clients.stable(1).get(0);

        assertThat(clients.heartbeat("unheard of", 1, null)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(clients.heartbeat(member.memberId(), 2, null)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        clients.join("");
        assertThat(clients.heartbeat(member)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void liveMembersGoOnAfterAFailoverWithoutARebalance() {
        List<JoinGroupResponse> members = clients.stable(2);
        clients.shard.advance(SESSION_MS - 1);
        members.forEach(clients::heartbeat);

        clients.shard.failOver();
        clients.shard.advance(SESSION_MS - 1);

        assertThat(clients.heartbeat(members.get(0))).isEqualTo(ErrorCode.NONE);
        assertThat(clients.sync(members.get(0)).get().assignment())
                .isEqualTo(ClassicClients.bytes("of " + members.get(0).memberId()));
        clients.shard.advance(1);
        assertThat(clients.heartbeat(members.get(0))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(clients.heartbeat(members.get(1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aRebalanceThatAFailoverInterruptsStartsAgain() {
        JoinGroupResponse member = clients.stable(1).get(0);
        Answer<JoinGroupResponse> added = clients.join("");
        Answer<JoinGroupResponse> again = clients.join(member.memberId());
        assertThat(again.get().generationId()).isEqualTo(2);

        clients.shard.failOver();

        assertThat(clients.heartbeat(again.get())).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(clients.heartbeat(added.get())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(clients.join(member.memberId()).get().generationId()).isEqualTo(2);
    }

    @Test
    void membersWaitWhileTheirGroupIsLoaded() {
        assertThat(new Heartbeat(new HeartbeatRequest("g", 1, "m", null))
                        .refused(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
                        .errorCode())
                .isEqualTo(ErrorCode.NONE);
        assertThat(new SyncGroup(new SyncGroupRequest("g", 1, "m", null, List.of()))
                        .refused(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
                        .errorCode())
                .isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }
}
