package io.tailrace.replication.history.transactions;

import io.tailrace.replication.history.transactions.TransactionHistory.Isolation;

/** A reader that only moves forward. Two readers of one process are different. */
public final class Reader {
    private final ClientProcess process;
    private final Isolation isolation;

    Reader(ClientProcess process, Isolation isolation) {
        this.process = process;
        this.isolation = isolation;
    }

    ClientProcess process() {
        return process;
    }

    boolean isCommitted() {
        return isolation == Isolation.COMMITTED;
    }

    @Override
    public String toString() {
        return "reader " + process;
    }
}
