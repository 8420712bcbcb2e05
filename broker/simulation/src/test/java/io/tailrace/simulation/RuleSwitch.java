package io.tailrace.simulation;

import io.tailrace.replication.Leader;
import io.tailrace.replication.Replica;
import io.tailrace.replication.SwitchedOff;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.TopicPolicy;
import java.util.List;

/**
 * The parts of the ten rules that can be switched off, each by giving another body to one small method of the rules, or of the
 * simulator where the rule is implemented there. The names are those of {@code docs/replication.md}.
 */
enum RuleSwitch {
    TRUNCATE_BY_EPOCH("1 truncate by leader epoch", instead("FollowerRules", "startFollowing")),
    DIVERGENCE_TOLD("1 divergence told by the leader", never(Leader.class, "diverges")),
    FENCED_BOTH_WAYS("2 fetch fenced both ways", instead(Replica.class, "leadershipIn")),
    COMPARE_AND_SET("3 versioned compare-and-set", always(Store.class, "isAt")),
    ONE_IN_FLIGHT("3 one in flight", never("LeaderRules", "isUndecided")),
    LARGER_ISR("3 larger ISR until confirmed", instead("LeaderRules", "proposedIsr")),
    READ_BACK("3 read back", instead("LeaderRules", "undecided")),
    JOIN_AT_HIGH_WATERMARK("4 join at high watermark", always("LeaderRules", "hasCommittedRecords")),
    JOIN_AT_EPOCH_START("4 join at epoch start", always("LeaderRules", "hasReachedEpochStart")),
    REGISTERED_EPOCH("4 registered broker epoch", instead(SimulatedPartition.class, "asSent")),
    EARLY_FETCH_COUNTS_LATER("4 a fetch that came early counts later", always(Leader.class, "hasCounted")),
    UNCLEAN_RESTART_LEAVES("4 unclean restart leaves the ISR", instead(Broker.class, "continues")),
    MIN_INSYNC_TO_ADVANCE("5 no advance below min.insync", always("LeaderRules", "enoughInsync")),
    REMEMBERED_HOLD_BACK("5 no advance past the remembered", never("LeaderRules", "remembersLastStanding")),
    STANDING_REMEMBERED("5 last standing remembered", instead(PartitionState.class, "completeWithout")),
    CLEAN_ELECTION("5 unclean election off", always(TopicPolicy.class, "uncleanElection")),
    ZOMBIE_CONTROLLER("6 zombie controller", always(Store.class, "isNewestController")),
    SESSION_LOSS_FENCES(
            "7 session loss fences", never("PartitionView", "fenced"), never("PartitionRules", "isEarlierIncarnation")),
    ELECTED_ANEW("7 elected anew after it", never("PartitionRules", "isEarlierIncarnation")),
    COMMITTED_WITHOUT_SESSION("7 committed reads without a session", instead(Replica.class, "committedRead")),
    OFFSET_NOT_AVAILABLE("8 offset not available", instead(Leader.class, "latestOffset")),
    ACKS_ALL_WAITS("9 acks=all waits for all in sync", always(Leader.class, "acknowledged")),
    ACKS_ALL_NEEDS_MIN_INSYNC("9 acks=all needs min.insync", instead(Leader.class, "appendable")),
    ACKS_ONE_IS_APPENDED("9 acks=1 is in the leader's log", instead(SimulatedPartition.class, "appendsFirst")),
    CONSUMERS_BELOW("9 consumers below the high watermark", instead(Leader.class, "consumerFetch")),
    DRAIN_HANDS_OVER("10 leads moved, ISR left", never("cluster.PartitionDecision", "isDraining")),
    DRAIN_STAYS_OUT("10 stays out while it shuts down", never("LeaderRules", "isDraining")),
    RESTORED_CATCHES_UP(
            "10 a restored leader catches up",
            always("cluster.PartitionDecision", "preferredIsReady"),
            instead("cluster.PartitionDecision", "led"));

    private static final String RULES = "io.tailrace.replication.";

    // Byte Buddy does not declare its implementations immutable.
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<MethodChange> changes;

    private final String part;

    RuleSwitch(String part, MethodChange... changes) {
        this.part = part;
        this.changes = List.of(changes);
    }

    private static MethodChange always(Class<?> type, String method) {
        return MethodChange.value(type.getName(), method, true);
    }

    private static MethodChange always(String type, String method) {
        return MethodChange.value(RULES + type, method, true);
    }

    private static MethodChange never(Class<?> type, String method) {
        return MethodChange.value(type.getName(), method, false);
    }

    private static MethodChange never(String type, String method) {
        return MethodChange.value(RULES + type, method, false);
    }

    private static MethodChange instead(Class<?> type, String method) {
        return MethodChange.body(type.getName(), method, SwitchedOff.class);
    }

    private static MethodChange instead(String type, String method) {
        return MethodChange.body(RULES + type, method, SwitchedOff.class);
    }

    /** Rule and part, as in the table. */
    String part() {
        return part;
    }

    /** A simulation without this part of a rule. */
    IsolatedSimulation switchedOff() {
        return new IsolatedSimulation(Simulation.class, MethodChange.apply(changes));
    }
}
