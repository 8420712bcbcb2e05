package io.tailrace.simulation;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.rebalance.SessionTimeout;
import io.tailrace.shard.TimelineMap;
import java.util.List;

/**
 * The rules of groups and shards that can be switched off, each by giving another body to one small method. The names are those of
 * {@code docs/groups.md}.
 */
enum GroupRuleSwitch {
    REPLY_WAITS("a reply waits for the high watermark", always("server.shard.ParkedReplies", "isCommitted")),
    LOAD_WAITS("a loaded shard waits for the high watermark", always("server.shard.RunningShard", "isCommitted")),
    EXPECTED_OFFSET("a record is appended where the state expects it", always("server.partition.LeaderLog", "endsAt")),
    COMMITTED_READS("queries read committed state", instead(TimelineMap.class.getName(), "committed")),
    TIMERS_LOADED("a new coordinator starts the timers", instead(GroupsShard.class.getName(), "loaded")),
    GENERATION_FENCES("commits are fenced by generation", instead(ClassicGroup.class.getName(), "commitError")),
    EPOCH_FENCES("commits are fenced by member epoch", instead(ConsumerGroup.class.getName(), "commitError")),
    CLASSIC_SESSION("a silent classic member is removed", instead(SessionTimeout.class.getName(), "expired")),
    CONSUMER_SESSION(
            "a silent member is removed", instead("io.tailrace.groups.consumer.MemberSessionTimeout", "expired")),
    HELD_BY_OTHER("a partition has one holder", never("groups.consumer.GroupDraft", "isHeldByOther")),
    GIVEN_UP_FIRST("a partition is given up before it moves", never("groups.consumer.Reconciliation", "ownsOneOf")),
    FORMER_MEMBER(
            "a removed classic member joins without partitions",
            never("groups.consumer.ClassicJoin", "isFormerMember")),
    UPGRADE_UNREVOKED(
            "an upgraded member gives up what it reported",
            instead("io.tailrace.groups.consumer.Upgrade", "withUnrevoked")),
    READ_OFFSETS_STAY(
            "offsets that members read do not expire", never("groups.offsets.OffsetExpiry$OffsetsOf", "isRead")),
    RETENTION(
            "an offset expires after its last commit",
            value("groups.offsets.OffsetExpiry$OffsetsOf", "unusedSinceMs", 0L));

    // Byte Buddy does not declare its implementations immutable.
    @SuppressWarnings("ImmutableEnumChecker")
    private final MethodChange change;

    private final String rule;

    GroupRuleSwitch(String rule, MethodChange change) {
        this.rule = rule;
        this.change = change;
    }

    private static MethodChange value(String type, String method, Object value) {
        return MethodChange.value("io.tailrace." + type, method, value);
    }

    private static MethodChange always(String type, String method) {
        return value(type, method, true);
    }

    private static MethodChange never(String type, String method) {
        return value(type, method, false);
    }

    private static MethodChange instead(String type, String method) {
        return MethodChange.body(type, method, GroupRulesOff.class);
    }

    /** The rule, as in the table. */
    String rule() {
        return rule;
    }

    /** A simulation without this rule. */
    IsolatedSimulation switchedOff() {
        return new IsolatedSimulation(GroupSimulation.class, MethodChange.apply(List.of(change)));
    }
}
