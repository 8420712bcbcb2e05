package io.tailrace.replication.history.transactions;

import io.tailrace.replication.history.transactions.TransactionHistory.Isolation;

/** A question for the end of a partition. Without an answer it shows nothing. */
public final class EndOffset<V> {
    private final TransactionHistory<V> history;
    private final ClientProcess process;
    private final PartitionLog<V> log;
    private final Isolation isolation;
    private final long begunAt;
    private long answeredAt = Transaction.NEVER;
    private long offset = Send.NONE;

    EndOffset(TransactionHistory<V> history, ClientProcess process, PartitionLog<V> log, Isolation isolation) {
        this.history = history;
        this.process = process;
        this.log = log;
        this.isolation = isolation;
        begunAt = history.tick();
    }

    /** The answer. */
    public void is(long endOffset) {
        synchronized (history) {
            offset = endOffset;
            answeredAt = history.tick();
        }
    }

    PartitionLog<V> log() {
        return log;
    }

    boolean isCommitted() {
        return isolation == Isolation.COMMITTED;
    }

    boolean isAnswered() {
        return offset != Send.NONE;
    }

    long begunAt() {
        return begunAt;
    }

    long answeredAt() {
        return answeredAt;
    }

    long offset() {
        return offset;
    }

    @Override
    public String toString() {
        return "end offset %d that %s asked for".formatted(offset, process);
    }
}
