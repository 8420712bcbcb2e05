package io.tailrace.log;

import java.util.List;
import net.bytebuddy.implementation.bind.annotation.This;
import org.jspecify.annotations.Nullable;

/**
 * The bodies of rules of a log's transactions that are switched off. Each method replaces those of its name, in the class loader of
 * {@code io.tailrace.simulation.TransactionRuleSwitch}.
 */
public final class LogRulesOff {
    private LogRulesOff() {}

    /** A transaction begins without being verified. */
    public static AppendResult.@Nullable Unverified unverified() {
        return null;
    }

    /** Records and markers of old epochs are appended. */
    public static @Nullable AppendResult oldEpoch() {
        return null;
    }

    /** A transaction is decided once its marker is written. */
    public static long firstOffset(@This UnstableTransactions transactions) {
        return transactions.firstOpen();
    }

    /** Readers do not learn which transactions were aborted. */
    public static List<AbortedTransaction> abortedTransactions() {
        return List.of();
    }
}
