package io.tailrace.groups.rebalance;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicMember;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.ShardPart;
import io.tailrace.shard.TimerChange;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives each member of the classic protocol a session timeout to find its new coordinator, and starts the rebalance of a group
 * that was downgraded from the consumer protocol and has not rebalanced since.
 */
public final class ClassicPart implements ShardPart {
    @Override
    public List<TimerChange<GroupsShard>> loaded(GroupsShard state, long nowMs) {
        List<TimerChange<GroupsShard>> timers = new ArrayList<>();
        for (Group group : state.groups().newest().values()) {
            if (group instanceof ClassicGroup classic) {
                if (classic.generation().isUnassigned() && !classic.members().isEmpty()) {
                    timers.add(new TimerChange.Start<>(new UnassignedGeneration(classic.groupId()), nowMs));
                }
                for (ClassicMember member : classic.members().all()) {
                    timers.add(new TimerChange.Start<>(
                            new SessionTimeout(classic.groupId(), member.memberId()),
                            nowMs + member.details().sessionTimeoutMs()));
                }
            }
        }
        return timers;
    }
}
