package io.tailrace.groups.classic;

import static io.tailrace.groups.classic.ClassicClients.DELAY_MS;
import static io.tailrace.groups.classic.ClassicClients.GROUP;
import static io.tailrace.groups.classic.ClassicClients.REBALANCE_MS;
import static io.tailrace.groups.classic.ClassicClients.SESSION_MS;
import static io.tailrace.groups.classic.ClassicClients.protocols;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.ClassicSettings;
import io.tailrace.groups.ShardHarness.Answer;
import io.tailrace.groups.TestCluster;
import io.tailrace.groups.offsets.CommitOffsets;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When generations start and end, by time and by what members do. */
class RebalanceTest {
    private final ClassicClients clients = new ClassicClients();

    @Test
    void commitThatCannotBeStoredKeepsItsMember() {
        JoinGroupResponse member = clients.stable(1).get(0);
        clients.shard.refuseAppends(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        clients.shard.clusterChanged(TestCluster.EMPTY.with("web", 1));
        for (int i = 0; i < 4; i++) {
            clients.shard.advance(ClassicClients.SESSION_MS / 2);
            OffsetCommitRequest.Topic topic =
                    new OffsetCommitRequest.Topic("web", List.of(new OffsetCommitRequest.Partition(0, 1, -1, null)));
            clients.shard.call(new CommitOffsets(
                    new OffsetCommitRequest(
                            ClassicClients.GROUP, member.generationId(), member.memberId(), null, -1, List.of(topic)),
                    (short) 8));
        }
        clients.shard.refuseAppends(ErrorCode.NONE);
        clients.shard.advance(ClassicClients.SESSION_MS / 2);

        assertThat(clients.heartbeat(member)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void theFirstRebalanceWaitsForTheInitialDelay() {
        Answer<JoinGroupResponse> first = clients.join("");
        clients.shard.advance(DELAY_MS - 1);
        assertThat(first.isDone()).isFalse();

        clients.shard.advance(1);

        assertThat(first.isDone()).isTrue();
    }

    @Test
    void aMemberThatJoinsStartsTheInitialDelayAgain() {
        Answer<JoinGroupResponse> first = clients.join("");
        clients.shard.advance(DELAY_MS - 1);
        Answer<JoinGroupResponse> second = clients.join("");
        clients.shard.advance(DELAY_MS - 1);
        assertThat(first.isDone()).isFalse();

        clients.shard.advance(1);

        assertThat(first.get().members()).hasSize(2);
        assertThat(second.isDone()).isTrue();
    }

    @Test
    void theInitialDelayIsExtendedUpToTheRebalanceTimeout() {
        Answer<JoinGroupResponse> first = clients.join("");
        for (int passedMs = 0; passedMs < REBALANCE_MS; passedMs += 1000) {
            assertThat(first.isDone()).isFalse();
            clients.join("");
            clients.shard.advance(1000);
        }
        assertThat(first.get().members()).hasSize(1 + REBALANCE_MS / 1000);
    }

    @Test
    void withoutInitialDelayTheFirstMemberIsAnsweredAtOnce() {
        ClassicClients eager = new ClassicClients(new ClassicSettings(6_000, 1_800_000, 0, 10));

        assertThat(eager.join("").get().generationId()).isEqualTo(1);
    }

    @Test
    void membersThatDoNotJoinInTimeAreRemoved() {
        List<JoinGroupResponse> members = clients.stable(3);
        Answer<JoinGroupResponse> leader = clients.join(members.get(0).memberId());
        Answer<JoinGroupResponse> second = clients.join(members.get(1).memberId());
        for (int passedMs = 0; passedMs < REBALANCE_MS; passedMs += SESSION_MS / 2) {
            assertThat(clients.heartbeat(members.get(2))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
            assertThat(leader.isDone()).isFalse();
            clients.shard.advance(SESSION_MS / 2);
        }
        assertThat(leader.get().members()).hasSize(2);
        assertThat(second.isDone()).isTrue();
        assertThat(clients.heartbeat(members.get(2))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aMemberThatDiesDuringARebalanceIsNotWaitedForLongerThanItsSession() {
        List<JoinGroupResponse> members = clients.stable(2);
        Answer<JoinGroupResponse> follower =
                clients.submit(ClassicClients.request(members.get(1).memberId(), null, "range", "sticky"), false);
        clients.shard.advance(SESSION_MS);

        assertThat(follower.get().leader()).isEqualTo(members.get(1).memberId());
        assertThat(follower.get().members()).hasSize(1);
    }

    @Test
    void aSilentMemberIsRemovedAfterItsSessionTimeout() {
        List<JoinGroupResponse> members = clients.stable(2);
        clients.shard.advance(SESSION_MS - 1);
        assertThat(clients.heartbeat(members.get(0))).isEqualTo(ErrorCode.NONE);
        clients.shard.advance(1);

        assertThat(clients.heartbeat(members.get(0))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(clients.heartbeat(members.get(1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(clients.join(members.get(0).memberId()).get().members()).hasSize(1);
    }

    @Test
    void aMemberThatNeverAsksForItsAssignmentIsRemovedAfterTheRebalanceTimeout() {
        List<Answer<JoinGroupResponse>> joins = List.of(clients.join(""), clients.join(""));
        clients.shard.advance(2 * DELAY_MS);
        JoinGroupResponse leader = joins.get(0).get();
        JoinGroupResponse follower = joins.get(1).get();
        assertThat(clients.sync(leader).get().errorCode()).isEqualTo(ErrorCode.NONE);
        for (int passedMs = 0; passedMs < REBALANCE_MS; passedMs += SESSION_MS / 2) {
            assertThat(clients.heartbeat(leader)).isEqualTo(ErrorCode.NONE);
            assertThat(clients.heartbeat(follower)).isEqualTo(ErrorCode.NONE);
            clients.shard.advance(SESSION_MS / 2);
        }
        assertThat(clients.heartbeat(leader)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(clients.heartbeat(follower)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aLeaderThatDiesBeforeItAssignsIsReplaced() {
        List<Answer<JoinGroupResponse>> joins = List.of(clients.join(""), clients.join(""));
        clients.shard.advance(2 * DELAY_MS);
        Answer<SyncGroupResponse> waits = clients.sync(joins.get(1).get());
        assertThat(waits.isDone()).isFalse();

        clients.shard.advance(SESSION_MS);

        assertThat(waits.get().errorCode()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        JoinGroupResponse again = clients.join(joins.get(1).get().memberId()).get();
        assertThat(again.leader()).isEqualTo(again.memberId());
        assertThat(again.generationId()).isEqualTo(2);
    }

    @Test
    void aNewMemberWhoseClientIsGoneIsNotKeptInALongRebalance() {
        JoinGroupResponse member = longRebalance(clients.stable(1).get(0).memberId());
        Answer<JoinGroupResponse> gone = clients.join("");
        for (int passedMs = 0; passedMs < 300_000; passedMs += SESSION_MS / 2) {
            assertThat(gone.isDone()).isFalse();
            clients.heartbeat(member);
            clients.shard.advance(SESSION_MS / 2);
        }
        assertThat(gone.get().errorCode()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(clients.group().members().size()).isEqualTo(1);
    }

    /** Takes ten minutes to join a generation. */
    private JoinGroupResponse longRebalance(String memberId) {
        JoinGroupRequest slow =
                new JoinGroupRequest(GROUP, SESSION_MS, 600_000, memberId, null, "consumer", protocols("range"));
        return clients.syncAll(List.of(clients.submit(slow, false))).get(0);
    }

    @Test
    void aMemberThatWaitsNeedsNoHeartbeats() {
        List<JoinGroupResponse> members = clients.stable(2);
        Answer<JoinGroupResponse> waits = clients.join(members.get(0).memberId());
        for (int passedMs = 0; passedMs < 3 * SESSION_MS; passedMs += SESSION_MS / 2) {
            clients.heartbeat(members.get(1));
            clients.shard.advance(SESSION_MS / 2);
        }
        assertThat(waits.isDone()).isFalse();

        clients.join(members.get(1).memberId());

        assertThat(waits.get().errorCode()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aGroupWithoutMembersIsStoredAsEmptyInItsNextGeneration() {
        JoinGroupResponse member = clients.stable(1).get(0);
        clients.shard.advance(SESSION_MS);

        assertThat(clients.group().state()).isEqualTo(ClassicGroupState.EMPTY);
        assertThat(clients.group().generation().id()).isEqualTo(2);
        assertThat(clients.shard.timers()).isEmpty();
        assertThat(clients.join(member.memberId()).get().errorCode()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);

        clients.shard.failOver();

        assertThat(clients.group().state()).isEqualTo(ClassicGroupState.EMPTY);
        assertThat(clients.group().generation().id()).isEqualTo(2);
        assertThat(clients.group().emptySinceMs()).isEqualTo(clients.shard.nowMs());
    }

    @Test
    void anEmptyGroupThatCannotBeStoredIsStoredLater() {
        clients.stable(1);
        clients.shard.refuseAppends(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        clients.shard.advance(SESSION_MS);
        assertThat(clients.group().state()).isEqualTo(ClassicGroupState.STABLE);

        clients.shard.refuseAppends(ErrorCode.NONE);
        clients.shard.advance(SESSION_MS);

        assertThat(clients.group().state()).isEqualTo(ClassicGroupState.EMPTY);
    }

    @Test
    void cooperativeMembersJoinTwiceAndKeepWhatTheyOwn() {
        List<Answer<JoinGroupResponse>> first =
                List.of(clients.submit(ClassicClients.request("", null, "cooperative-sticky"), false));
        clients.shard.advance(DELAY_MS);
        JoinGroupResponse old = clients.syncAll(first).get(0);

        Answer<JoinGroupResponse> added = clients.submit(ClassicClients.request("", null, "cooperative-sticky"), false);
        Answer<JoinGroupResponse> again =
                clients.submit(ClassicClients.request(old.memberId(), null, "cooperative-sticky"), false);
        clients.syncAll(List.of(again, added));
        // The old member has given partitions back and joins at once for the new one to get them.
        Answer<JoinGroupResponse> third =
                clients.submit(ClassicClients.request(old.memberId(), null, "cooperative-sticky"), false);
        assertThat(clients.heartbeat(added.get())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        Answer<JoinGroupResponse> thirdOfAdded =
                clients.submit(ClassicClients.request(added.get().memberId(), null, "cooperative-sticky"), false);

        assertThat(clients.syncAll(List.of(third, thirdOfAdded)).get(0).generationId())
                .isEqualTo(3);
    }
}
