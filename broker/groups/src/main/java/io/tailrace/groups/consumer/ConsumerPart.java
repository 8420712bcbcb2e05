package io.tailrace.groups.consumer;

import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.MemberState;
import io.tailrace.groups.ShardPart;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import io.tailrace.shard.TimerChange;
import java.util.ArrayList;
import java.util.List;

/** Gives each member of the consumer protocol a session timeout to find its new coordinator. */
public final class ConsumerPart implements ShardPart {
    @Override
    public List<TimerChange<GroupsShard>> loaded(GroupsShard state, long nowMs) {
        List<TimerChange<GroupsShard>> timers = new ArrayList<>();
        for (Group group : state.groups().newest().values()) {
            if (group instanceof ConsumerGroup consumers) {
                consumers.members().values().forEach(member -> timers.addAll(timers(state, consumers, member, nowMs)));
            }
        }
        return timers;
    }

    private static List<TimerChange<GroupsShard>> timers(
            GroupsShard state, ConsumerGroup group, ConsumerMember member, long nowMs) {
        ClassicMemberMetadata classic = member.metadata().classicMemberMetadata();
        int sessionMs = classic == null
                ? state.settings().consumer().timing(group.groupId()).sessionTimeoutMs()
                : classic.sessionTimeoutMs();
        List<TimerChange<GroupsShard>> timers = new ArrayList<>();
        timers.add(new TimerChange.Start<>(new MemberSessionTimeout(group.groupId(), member.id()), nowMs + sessionMs));
        if (member.current().state() == MemberState.UNREVOKED_PARTITIONS) {
            timers.add(new TimerChange.Start<>(
                    new RevocationTimeout(group.groupId(), member.id()),
                    nowMs + member.metadata().rebalanceTimeoutMs()));
        }
        return timers;
    }
}
