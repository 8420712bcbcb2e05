package io.tailrace.simulation;

import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.GroupsShard;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.shard.Decision;
import io.tailrace.shard.TimelineMap;
import io.tailrace.shard.TimerChange;
import java.util.List;
import net.bytebuddy.implementation.bind.annotation.Argument;
import net.bytebuddy.implementation.bind.annotation.This;
import org.jspecify.annotations.Nullable;

/**
 * The bodies of rules of groups that are switched off, where a constant is not enough. Each method replaces those of its name, in
 * the class loader of {@link GroupRuleSwitch}.
 */
public final class GroupRulesOff {
    private GroupRulesOff() {}

    /** Anybody may commit. */
    public static ErrorCode commitError() {
        return ErrorCode.NONE;
    }

    /** Nothing happens when a timer expires. */
    public static Decision<GroupsShard> expired() {
        return Decision.nothing();
    }

    /** A new coordinator starts no timers. */
    public static List<TimerChange<GroupsShard>> loaded() {
        return List.of();
    }

    /** The newest value counts as committed. */
    public static @Nullable Object committed(@This TimelineMap<Object, Object> map, @Argument(0) Object key) {
        return map.get(key);
    }

    /** What a member has reported does not matter. */
    public static ConsumerMember withUnrevoked(@Argument(2) ConsumerMember member) {
        return member;
    }
}
