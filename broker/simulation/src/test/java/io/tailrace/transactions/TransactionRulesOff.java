package io.tailrace.transactions;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.shard.Decision;
import io.tailrace.shard.TimerChange;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import net.bytebuddy.implementation.bind.annotation.Argument;
import net.bytebuddy.implementation.bind.annotation.This;

/**
 * The bodies of rules of the coordinator that are switched off. Each method replaces those of its name, in the class loader of
 * {@code io.tailrace.simulation.TransactionRuleSwitch}.
 */
public final class TransactionRulesOff {
    private TransactionRulesOff() {}

    /** Anybody may act. */
    public static ErrorCode check() {
        return ErrorCode.NONE;
    }

    /** The epoch stays. */
    public static ProducerIdentity raised(@This ProducerIdentity producer) {
        return producer;
    }

    /** A decision owes markers at once. */
    public static Optional<Transaction> committed(@Argument(0) TransactionsShard state, @Argument(1) String id) {
        return Optional.ofNullable(state.transactions().get(id));
    }

    /** No partition lacks its marker. */
    public static SortedSet<TopicPartition> unmarked() {
        return new TreeSet<>();
    }

    /** A new coordinator starts no timers. */
    public static List<TimerChange<TransactionsShard>> loaded() {
        return List.of();
    }

    /** Nothing happens when a transaction takes too long. */
    public static Decision<TransactionsShard> expired() {
        return Decision.nothing();
    }
}
