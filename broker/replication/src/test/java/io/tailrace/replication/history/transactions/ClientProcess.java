package io.tailrace.replication.history.transactions;

/** A client that does one thing at a time. */
final class ClientProcess {
    private final String name;
    private int operations;

    ClientProcess(String name) {
        this.name = name;
    }

    /** The number of its next operation. */
    int next() {
        return ++operations;
    }

    @Override
    public String toString() {
        return name;
    }
}
