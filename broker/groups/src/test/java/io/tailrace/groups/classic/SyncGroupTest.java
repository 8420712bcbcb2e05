package io.tailrace.groups.classic;

import static io.tailrace.groups.classic.ClassicClients.DELAY_MS;
import static io.tailrace.groups.classic.ClassicClients.GROUP;
import static io.tailrace.groups.classic.ClassicClients.SESSION_MS;
import static io.tailrace.groups.classic.ClassicClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.ShardHarness.Answer;
import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SyncGroupTest {
    private final ClassicClients clients = new ClassicClients();

    @Test
    void membersWaitForTheLeadersAssignment() {
        List<JoinGroupResponse> joined = joined(2);
        Answer<SyncGroupResponse> follower = clients.sync(joined.get(1));
        assertThat(follower.isDone()).isFalse();

        Answer<SyncGroupResponse> leader = clients.sync(joined.get(0));

        assertThat(leader.get().assignment())
                .isEqualTo(bytes("of " + joined.get(0).memberId()));
        assertThat(follower.get().assignment())
                .isEqualTo(bytes("of " + joined.get(1).memberId()));
    }

    private List<JoinGroupResponse> joined(int count) {
        List<Answer<JoinGroupResponse>> joins =
                IntStream.range(0, count).mapToObj(i -> clients.join("")).toList();
        clients.shard.advance(2 * DELAY_MS);
        return joins.stream().map(Answer::get).toList();
    }

    @Test
    void aMemberOfAStableGroupIsAnsweredAtOnce() {
        List<JoinGroupResponse> joined = joined(2);
        clients.sync(joined.get(0));

        assertThat(clients.sync(joined.get(1)).get().assignment())
                .isEqualTo(bytes("of " + joined.get(1).memberId()));
    }

    @Test
    void aMemberThatTheLeaderLeavesOutHasNothing() {
        List<JoinGroupResponse> joined = joined(2);
        Answer<SyncGroupResponse> follower = clients.sync(joined.get(1));
        clients.shard.call(
                new SyncGroup(new SyncGroupRequest(GROUP, 1, joined.get(0).memberId(), null, List.of())));

        assertThat(follower.get()).isEqualTo(new SyncGroupResponse(0, ErrorCode.NONE, Bytes.EMPTY));
    }

    @Test
    void nobodyIsAnsweredBeforeTheAssignmentIsCommitted() {
        List<JoinGroupResponse> joined = joined(2);
        Answer<SyncGroupResponse> early = clients.sync(joined.get(1));
        clients.shard.holdCommits();
        Answer<SyncGroupResponse> leader = clients.sync(joined.get(0));
        Answer<SyncGroupResponse> late = clients.sync(joined.get(1));
        assertThat(List.of(early, leader, late)).noneMatch(Answer::isDone);

        clients.shard.commit();

        assertThat(List.of(early, leader, late)).allMatch(sync -> sync.get().errorCode() == ErrorCode.NONE);
    }

    @Test
    void anAssignmentThatCannotBeStoredChangesNothing() {
        List<JoinGroupResponse> joined = joined(2);
        Answer<SyncGroupResponse> follower = clients.sync(joined.get(1));
        clients.shard.refuseAppends(ErrorCode.MESSAGE_TOO_LARGE);

        assertThat(clients.sync(joined.get(0)).get().errorCode()).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(follower.isDone()).isFalse();
        assertThat(clients.group().state()).isEqualTo(ClassicGroupState.COMPLETING_REBALANCE);

        clients.shard.refuseAppends(ErrorCode.NONE);

        assertThat(clients.sync(joined.get(0)).get().errorCode()).isEqualTo(ErrorCode.NONE);
        assertThat(follower.get().errorCode()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void requestsThatDoNotFitTheGenerationAreRefused() {
        JoinGroupResponse member = clients.stable(1).get(0);

        assertThat(sync(member.memberId(), 0)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(sync(member.memberId(), 2)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(sync("unheard of", 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        clients.join("");
        assertThat(sync(member.memberId(), 1)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        clients.shard.advance(SESSION_MS);
        assertThat(new ClassicClients()
                        .shard
                        .call(new SyncGroup(new SyncGroupRequest("none", 1, "m", null, List.of())))
                        .errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    private ErrorCode sync(String memberId, int generation) {
        return clients.shard
                .call(new SyncGroup(new SyncGroupRequest(GROUP, generation, memberId, null, List.of())))
                .errorCode();
    }

    @Test
    void aRebalanceThatStartsMeanwhileEndsTheWait() {
        List<JoinGroupResponse> joined = joined(2);
        Answer<SyncGroupResponse> waits = clients.sync(joined.get(1));
        clients.join("");

        assertThat(waits.get().errorCode()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void aSecondRequestOfOneMemberEndsTheFirst() {
        List<JoinGroupResponse> joined = joined(2);
        Answer<SyncGroupResponse> first = clients.sync(joined.get(1));
        Answer<SyncGroupResponse> second = clients.sync(joined.get(1));

        assertThat(first.get().errorCode()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        clients.sync(joined.get(0));
        assertThat(second.get().errorCode()).isEqualTo(ErrorCode.NONE);
    }
}
