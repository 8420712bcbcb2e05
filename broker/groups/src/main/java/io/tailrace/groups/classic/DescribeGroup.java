package io.tailrace.groups.classic;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.ClassicMember;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeGroupsResponse;
import io.tailrace.shard.Query;
import java.util.List;
import java.util.Objects;

/**
 * Describes a group of the classic protocol, or one that only has offsets. Any other group is reported as {@code Dead}: it does
 * not exist, or it uses the consumer protocol and ConsumerGroupDescribe describes it.
 *
 * @param groupId the group
 */
public record DescribeGroup(String groupId) implements Query<GroupsShard, DescribeGroupsResponse.Group> {
    private static final int OPERATIONS_NOT_ASKED_FOR = Integer.MIN_VALUE;

    @Override
    public DescribeGroupsResponse.Group answer(GroupsShard state, long nowMs) {
        Group group = state.groups().committed(groupId);
        if (group instanceof ClassicGroup classic) {
            return described(classic);
        }
        boolean isSimple =
                group == null && !state.offsets().committedPartitions(groupId).isEmpty();
        String stateName = (isSimple ? ClassicGroupState.EMPTY : ClassicGroupState.DEAD).text();
        return new DescribeGroupsResponse.Group(
                ErrorCode.NONE, groupId, stateName, "", "", List.of(), OPERATIONS_NOT_ASKED_FOR);
    }

    /** The members' protocols and assignments are settled only while the group is stable. */
    private static DescribeGroupsResponse.Group described(ClassicGroup group) {
        boolean isStable = group.state() == ClassicGroupState.STABLE;
        String protocol =
                isStable ? Objects.requireNonNullElse(group.generation().protocol(), "") : "";
        List<DescribeGroupsResponse.Member> members = group.members().all().stream()
                .map(member -> described(member, protocol, isStable))
                .toList();
        return new DescribeGroupsResponse.Group(
                ErrorCode.NONE,
                group.groupId(),
                group.stateName(),
                group.protocolType(),
                protocol,
                members,
                OPERATIONS_NOT_ASKED_FOR);
    }

    private static DescribeGroupsResponse.Member described(ClassicMember member, String protocol, boolean isStable) {
        return new DescribeGroupsResponse.Member(
                member.memberId(),
                member.instanceId(),
                member.details().client().clientId(),
                member.details().client().host(),
                isStable ? member.metadata(protocol) : Bytes.EMPTY,
                isStable ? member.assignment() : Bytes.EMPTY);
    }

    @Override
    public DescribeGroupsResponse.Group refused(ErrorCode error) {
        return new DescribeGroupsResponse.Group(error, groupId, "", "", "", List.of(), OPERATIONS_NOT_ASKED_FOR);
    }
}
