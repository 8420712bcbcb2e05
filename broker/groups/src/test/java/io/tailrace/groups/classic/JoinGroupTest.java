package io.tailrace.groups.classic;

import static io.tailrace.groups.classic.ClassicClients.DELAY_MS;
import static io.tailrace.groups.classic.ClassicClients.GROUP;
import static io.tailrace.groups.classic.ClassicClients.REBALANCE_MS;
import static io.tailrace.groups.classic.ClassicClients.SESSION_MS;
import static io.tailrace.groups.classic.ClassicClients.protocols;
import static io.tailrace.groups.classic.ClassicClients.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.ClassicSettings;
import io.tailrace.groups.GroupSettings;
import io.tailrace.groups.ShardHarness.Answer;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinGroupTest {
    private final ClassicClients clients = new ClassicClients();

    @Test
    void onlyTheLeaderGetsTheMembersWithTheMetadataOfTheSelectedProtocol() {
        Answer<JoinGroupResponse> first = clients.submit(request("", null, "range", "sticky"), false);
        Answer<JoinGroupResponse> second = clients.submit(request("", null, "sticky", "range"), false);
        Answer<JoinGroupResponse> third = clients.submit(request("", null, "sticky"), false);
        clients.shard.advance(2 * DELAY_MS);

        JoinGroupResponse leader = first.get();
        assertThat(leader.errorCode()).isEqualTo(ErrorCode.NONE);
        assertThat(leader.generationId()).isEqualTo(1);
        assertThat(leader.protocolName()).isEqualTo("sticky");
        assertThat(leader.leader()).isEqualTo(leader.memberId());
        assertThat(leader.members())
                .extracting(JoinGroupResponse.Member::memberId)
                .containsExactly(
                        leader.memberId(), second.get().memberId(), third.get().memberId());
        assertThat(leader.members())
                .extracting(JoinGroupResponse.Member::metadata)
                .containsOnly(protocols("sticky").get(0).metadata());
        assertThat(second.get().members()).isEmpty();
        assertThat(second.get().leader()).isEqualTo(leader.memberId());
        assertThat(clients.group().state()).isEqualTo(ClassicGroupState.COMPLETING_REBALANCE);
    }

    @Test
    void theProtocolThatMostMembersPreferIsSelected() {
        Answer<JoinGroupResponse> first = clients.submit(request("", null, "range", "sticky"), false);
        clients.submit(request("", null, "sticky", "range"), false);
        clients.submit(request("", null, "mine", "sticky", "range"), false);
        clients.shard.advance(2 * DELAY_MS);

        assertThat(first.get().protocolName()).isEqualTo("sticky");
    }

    @Test
    void aDynamicMemberMustKnowItsIdBeforeItJoins() {
        JoinGroupResponse refused =
                clients.submit(request("", null, "range"), true).get();
        assertThat(refused.errorCode()).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
        assertThat(refused.memberId()).startsWith("client-");
        assertThat(clients.group().members().size()).isZero();

        Answer<JoinGroupResponse> joined = clients.submit(request(refused.memberId(), null, "range"), true);
        clients.shard.advance(DELAY_MS);

        assertThat(joined.get().errorCode()).isEqualTo(ErrorCode.NONE);
        assertThat(joined.get().memberId()).isEqualTo(refused.memberId());
    }

    @Test
    void anIdThatItsClientNeverJoinsByIsForgottenAfterTheSessionTimeout() {
        JoinGroupResponse refused =
                clients.submit(request("", null, "range"), true).get();
        clients.shard.advance(SESSION_MS);

        assertThat(clients.groupExists()).isFalse();
        assertThat(clients.join(refused.memberId()).get().errorCode()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(clients.shard.timers()).isEmpty();
    }

    @Test
    void aClientThatKeepsAskingForIdsIsAskedToComeBackLater() {
        for (int i = 0; i < 2_000; i++) {
            clients.submit(request("", null, "range"), true);
        }
        assertThat(clients.submit(request("", null, "range"), true).get().errorCode())
                .isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(clients.joinStatic("", "i0").isDone()).isFalse();
    }

    @Test
    void aRebalanceWaitsForAnIdThatWasGivenOut() {
        JoinGroupResponse member = clients.stable(1).get(0);
        clients.submit(request("", null, "range"), true);
        Answer<JoinGroupResponse> again = clients.join(member.memberId());
        assertThat(again.isDone()).isFalse();

        clients.shard.advance(SESSION_MS);

        assertThat(again.get().generationId()).isEqualTo(2);
    }

    @Test
    void requestsThatNoGroupCanTakeAreRefused() {
        JoinGroupRequest tooShort =
                new JoinGroupRequest(GROUP, 5_999, REBALANCE_MS, "", null, "consumer", protocols("range"));
        JoinGroupRequest tooLong =
                new JoinGroupRequest(GROUP, 1_800_001, REBALANCE_MS, "", null, "consumer", protocols("range"));
        JoinGroupRequest noGroup =
                new JoinGroupRequest("", SESSION_MS, REBALANCE_MS, "", null, "consumer", protocols("range"));

        assertThat(clients.submit(tooShort, false).get().errorCode()).isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT);
        assertThat(clients.submit(tooLong, false).get().errorCode()).isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT);
        assertThat(clients.submit(noGroup, false).get().errorCode()).isEqualTo(ErrorCode.INVALID_GROUP_ID);
        assertThat(clients.submit(request("", null), false).get().errorCode())
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(clients.join("unheard of").get().errorCode()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(clients.groupExists()).isFalse();
    }

    @Test
    void aMemberThatSharesNoProtocolWithTheOthersIsRefused() {
        clients.stable(2);

        assertThat(clients.submit(request("", null, "sticky"), false).get().errorCode())
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        JoinGroupRequest connect =
                new JoinGroupRequest(GROUP, SESSION_MS, REBALANCE_MS, "", null, "connect", protocols("range"));
        assertThat(clients.submit(connect, false).get().errorCode()).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(clients.group().state()).isEqualTo(ClassicGroupState.STABLE);
    }

    @Test
    void theProtocolsThatAMemberHadDoNotBindIt() {
        JoinGroupResponse only = clients.stable(1).get(0);

        Answer<JoinGroupResponse> again = clients.submit(request(only.memberId(), null, "sticky"), false);

        assertThat(again.get().protocolName()).isEqualTo("sticky");
    }

    @Test
    void anUnknownMemberOfAKnownGroupIsRefused() {
        clients.stable(1);

        assertThat(clients.join("unheard of").get().errorCode()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aMemberOfAStableGroupThatJoinsUnchangedKeepsItsGeneration() {
        List<JoinGroupResponse> members = clients.stable(2);

        JoinGroupResponse again = clients.join(members.get(1).memberId()).get();

        assertThat(again.generationId()).isEqualTo(1);
        assertThat(again.leader()).isEqualTo(members.get(0).memberId());
        assertThat(clients.group().state()).isEqualTo(ClassicGroupState.STABLE);
    }

    @Test
    void aLeaderThatJoinsUnchangedStartsARebalance() {
        List<JoinGroupResponse> members = clients.stable(2);

        Answer<JoinGroupResponse> leader = clients.join(members.get(0).memberId());
        assertThat(leader.isDone()).isFalse();
        assertThat(clients.heartbeat(members.get(1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        Answer<JoinGroupResponse> follower = clients.join(members.get(1).memberId());

        assertThat(leader.get().generationId()).isEqualTo(2);
        assertThat(leader.get().members()).hasSize(2);
        assertThat(follower.get().generationId()).isEqualTo(2);
    }

    @Test
    void aMemberWithOtherMetadataStartsARebalance() {
        List<JoinGroupResponse> members = clients.stable(2);

        Answer<JoinGroupResponse> changed =
                clients.submit(request(members.get(1).memberId(), null, "range", "sticky"), false);

        assertThat(changed.isDone()).isFalse();
        assertThat(clients.group().state()).isEqualTo(ClassicGroupState.PREPARING_REBALANCE);
    }

    @Test
    void aMemberWhoseAnswerWasLostGetsItAgainWhileTheAssignmentIsComputed() {
        Answer<JoinGroupResponse> first = clients.join("");
        Answer<JoinGroupResponse> second = clients.join("");
        clients.shard.advance(2 * DELAY_MS);

        assertThat(clients.join(first.get().memberId()).get()).isEqualTo(first.get());
        assertThat(clients.join(second.get().memberId()).get()).isEqualTo(second.get());
    }

    @Test
    void aSecondRequestOfOneMemberEndsTheFirst() {
        List<JoinGroupResponse> members = clients.stable(2);
        Answer<JoinGroupResponse> first = clients.join(members.get(0).memberId());
        Answer<JoinGroupResponse> second = clients.join(members.get(0).memberId());

        assertThat(first.get().errorCode()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(second.isDone()).isFalse();

        clients.join(members.get(1).memberId());

        assertThat(second.get().errorCode()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aFullGroupTakesNoMoreMembers() {
        ClassicClients few = new ClassicClients(new ClassicSettings(6_000, 1_800_000, DELAY_MS, 2));
        List<JoinGroupResponse> members = few.stable(2);

        JoinGroupResponse third = few.join("").get();
        assertThat(third.errorCode()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(third.memberId()).isEmpty();

        Answer<JoinGroupResponse> leader = few.join(members.get(0).memberId());
        Answer<JoinGroupResponse> follower = few.join(members.get(1).memberId());
        assertThat(leader.get().generationId()).isEqualTo(2);
        assertThat(follower.get().errorCode()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aGroupAboveALoweredLimitKeepsTheMembersThatJoinFirst() {
        ClassicClients many = new ClassicClients();
        List<JoinGroupResponse> members = many.stable(3);
        many.shard
                .shard()
                .settingsChanged(new GroupSettings(
                        new ClassicSettings(6_000, 1_800_000, DELAY_MS, 2),
                        many.shard.shard().settings().consumer(),
                        many.shard.shard().settings().offsets()));

        Answer<JoinGroupResponse> first = many.join(members.get(0).memberId());
        many.join(members.get(2).memberId());
        JoinGroupResponse late = many.join(members.get(1).memberId()).get();

        assertThat(late.errorCode()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(first.get().members()).hasSize(2);
    }
}
