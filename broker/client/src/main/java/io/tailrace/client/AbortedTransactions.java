package io.tailrace.client;

import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells the aborted batches of one fetch response from the others (KIP-98). The broker names the aborted transactions that overlap what
 * it returns, by producer and first offset. Each lasts until the producer's next abort marker. Not thread-safe, but for
 * {@link #NONE}.
 */
final class AbortedTransactions {
    /** Of responses without aborted transactions. Has no state: batches only change what was named at first. */
    static final AbortedTransactions NONE = new AbortedTransactions(List.of());

    /** Those that have not begun yet, by first offset. */
    private final Deque<FetchResponse.AbortedTransaction> ahead;

    private final Set<Long> producers = new HashSet<>();

    private AbortedTransactions(List<FetchResponse.AbortedTransaction> transactions) {
        ahead = new ArrayDeque<>(transactions.stream()
                .sorted(Comparator.comparingLong(FetchResponse.AbortedTransaction::firstOffset))
                .toList());
    }

    /** @param transactions those of a response; null if it names none */
    static AbortedTransactions of(@Nullable List<FetchResponse.AbortedTransaction> transactions) {
        return transactions == null || transactions.isEmpty() ? NONE : new AbortedTransactions(transactions);
    }

    /**
     * Whether the records of the next batch of the response were aborted.
     *
     * @throws io.tailrace.protocol.record.CorruptBatchException if the batch is a marker that cannot be read
     */
    boolean contain(RecordBatch batch) {
        while (!ahead.isEmpty() && ahead.getFirst().firstOffset() <= batch.lastOffset()) {
            producers.add(ahead.removeFirst().producerId());
        }
        if (!batch.isTransactional() || !producers.contains(batch.producerId())) {
            return false;
        }
        if (!batch.isControl()) {
            return true;
        }
        batch.ensureCrc();
        if (!EndTransactionMarker.of(batch).isCommit()) {
            producers.remove(batch.producerId());
        }
        return false;
    }
}
