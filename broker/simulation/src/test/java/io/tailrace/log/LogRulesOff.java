package io.tailrace.log;

import io.tailrace.protocol.record.RecordBatch;
import java.util.List;
import net.bytebuddy.implementation.bind.annotation.Argument;
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

    /** Whoever commits offsets of a group, which are the batches without a sequence number, is as good as the newest producer. */
    public static int epochsAhead(@Argument(0) RecordBatch batch, @Argument(1) ProducerEntry producer) {
        int ahead = batch.producerEpoch() - producer.epoch();
        return batch.baseSequence() == RecordBatch.NO_SEQUENCE ? Math.max(0, ahead) : ahead;
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
