package io.tailrace.groups.classic;

import static io.tailrace.groups.classic.ClassicClients.DELAY_MS;
import static io.tailrace.groups.classic.ClassicClients.GROUP;
import static io.tailrace.groups.classic.ClassicClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeGroupsResponse;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

class DescribeGroupTest {
    private final ClassicClients clients = new ClassicClients();

    private DescribeGroupsResponse.Group describe() {
        return clients.shard.query(new DescribeGroup(GROUP));
    }

    @Test
    void aStableGroupShowsWhatItsMembersSupportAndHave() {
        List<JoinGroupResponse> members = clients.stableStatic(2);

        DescribeGroupsResponse.Group group = describe();

        assertThat(group.errorCode()).isEqualTo(ErrorCode.NONE);
        assertThat(group.groupState()).isEqualTo("Stable");
        assertThat(group.protocolType()).isEqualTo("consumer");
        assertThat(group.protocolData()).isEqualTo("range");
        assertThat(group.authorizedOperations()).isEqualTo(Integer.MIN_VALUE);
        String second = members.get(1).memberId();
        assertThat(group.members().get(1))
                .isEqualTo(new DescribeGroupsResponse.Member(
                        second, "i1", "client", "/127.0.0.1", bytes("metadata of range"), bytes("of " + second)));
    }

    @Test
    void aGroupThatRebalancesShowsItsMembersOnly() {
        clients.join("");
        assertThat(describe().groupState()).isEqualTo("PreparingRebalance");

        clients.shard.advance(DELAY_MS);

        assertThat(describe().groupState()).isEqualTo("CompletingRebalance");
        assertThat(describe().protocolData()).isEmpty();
        assertThat(describe().members())
                .hasSize(1)
                .allMatch(member -> member.memberMetadata().equals(Bytes.EMPTY)
                        && member.memberAssignment().equals(Bytes.EMPTY));
    }

    @Test
    void aGroupWithoutMembersIsEmptyAndAnUnknownOneDead() {
        assertThat(describe().groupState()).isEqualTo("Dead");
        assertThat(describe().errorCode()).isEqualTo(ErrorCode.NONE);

        clients.leave(clients.stable(1).get(0).memberId());

        assertThat(describe().groupState()).isEqualTo("Empty");
    }

    @Test
    void whatIsNotCommittedIsNotShown() {
        JoinGroupResponse member = clients.stable(1).get(0);
        clients.shard.holdCommits();
        clients.shard.submit(new LeaveGroup(new LeaveGroupRequest(GROUP, member.memberId(), List.of()), false));
        assertThat(describe().groupState()).isEqualTo("Stable");

        clients.shard.commit();

        assertThat(describe().groupState()).isEqualTo("Empty");
    }
}
