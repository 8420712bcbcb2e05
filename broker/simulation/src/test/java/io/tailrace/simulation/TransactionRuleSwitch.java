package io.tailrace.simulation;

import io.tailrace.groups.OffsetRulesOff;
import io.tailrace.log.LogRulesOff;
import io.tailrace.transactions.ProducerIdentity;
import io.tailrace.transactions.TransactionRulesOff;
import io.tailrace.transactions.TransactionsShard;
import java.util.List;

/**
 * The rules of transactions that can be switched off, each by giving another body to one small method. The names are those of
 * {@code docs/transactions.md}.
 */
enum TransactionRuleSwitch {
    VERIFIED("a transaction begins where the coordinator confirms it", inLog("ProducerStates", "unverified")),
    OLD_EPOCH("a log refuses records and markers of old epochs", inLog("ProducerStates", "oldEpoch")),
    STABLE(
            "committed reads end before what is undecided",
            value("log.UnstableTransactions", "firstOffset", Long.MAX_VALUE)),
    MARKER_COMMITTED(
            "a transaction is undecided until its marker is committed", inLog("UnstableTransactions", "firstOffset")),
    ABORTED_TOLD("readers learn what was aborted", inLog("InMemoryLog", "abortedTransactions")),
    FENCED("the coordinator refuses a fenced producer", atCoordinator("io.tailrace.transactions.Transaction", "check")),
    RAISED("epochs are raised", atCoordinator(ProducerIdentity.class.getName(), "raised")),
    ANSWER_WAITS(
            "an answer waits until its decision is committed",
            value("server.shard.ParkedReplies", "isCommitted", true)),
    OWED_WHEN_COMMITTED(
            "only a committed decision owes markers",
            atCoordinator("io.tailrace.transactions.OwedMarkers", "committed")),
    ALL_MARKED(
            "a transaction is complete when all its partitions have markers",
            atCoordinator(TransactionsShard.class.getName(), "unmarked")),
    TIMERS_LOADED("a new coordinator starts the timers", atCoordinator(TransactionsShard.class.getName(), "loaded")),
    TIMEOUT(
            "a transaction that takes too long is aborted",
            atCoordinator("io.tailrace.transactions.TransactionTimeout", "expired")),
    OFFSET_PENDING("offsets of an open transaction are not visible", ofOffsets("GroupsShard", "replayInTransaction")),
    OFFSET_DROPPED("offsets of an aborted transaction are dropped", ofOffsets("GroupsShard", "endTransaction")),
    OFFSET_UNSTABLE("a stable fetch waits for undecided offsets", value("groups.PendingOffsets", "isUnstable", false)),
    OFFSET_MARKER_COMMITTED(
            "an offset is undecided until its marker is committed", ofOffsets("PendingOffsets", "isUnstable")),
    OFFSET_FENCED("offsets of a fenced producer are refused", inLog("ProducerStates", "epochsAhead")),
    OFFSET_LOADED("pending offsets survive a reload", ofOffsets("GroupsShard", "loaded")),
    OFFSET_MARKER("a shard appends the markers of its partition", ofOffsets("offsets.EndOffsetsTransaction", "decide"));

    // Byte Buddy does not declare its implementations immutable.
    @SuppressWarnings("ImmutableEnumChecker")
    private final MethodChange change;

    private final String rule;

    TransactionRuleSwitch(String rule, MethodChange change) {
        this.rule = rule;
        this.change = change;
    }

    private static MethodChange value(String type, String method, Object value) {
        return MethodChange.value("io.tailrace." + type, method, value);
    }

    private static MethodChange inLog(String type, String method) {
        return MethodChange.body("io.tailrace.log." + type, method, LogRulesOff.class);
    }

    private static MethodChange atCoordinator(String type, String method) {
        return MethodChange.body(type, method, TransactionRulesOff.class);
    }

    private static MethodChange ofOffsets(String type, String method) {
        return MethodChange.body("io.tailrace.groups." + type, method, OffsetRulesOff.class);
    }

    /** The rule, as in the table. */
    String rule() {
        return rule;
    }

    /** A simulation without this rule. */
    IsolatedSimulation switchedOff() {
        return new IsolatedSimulation(TransactionSimulation.class, MethodChange.apply(List.of(change)));
    }
}
