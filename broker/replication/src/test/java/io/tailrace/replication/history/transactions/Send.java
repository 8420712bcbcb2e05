package io.tailrace.replication.history.transactions;

/** A value that was sent. Without an answer, it may or may not be in the log. */
public final class Send<V> {
    /** No offset. */
    static final long NONE = -1;

    private final TransactionHistory<V> history;
    private final Transaction<V> transaction;
    private final PartitionLog<V> log;
    private final V value;
    private final long begunAt;
    private long answeredAt = Transaction.NEVER;
    private boolean failed;
    private long acknowledgedOffset = NONE;

    // What the reconstruction of the log found.
    private long offset = NONE;
    private boolean visible;
    private boolean atEnd;

    Send(TransactionHistory<V> history, Transaction<V> transaction, PartitionLog<V> log, V value) {
        this.history = history;
        this.transaction = transaction;
        this.log = log;
        this.value = value;
        begunAt = history.tick();
    }

    /** The send was acknowledged at this offset. */
    public void acknowledged(long acknowledged) {
        synchronized (history) {
            acknowledgedOffset = acknowledged;
            answeredAt = history.tick();
            if (transaction.isAlone()) {
                transaction.committed();
            }
        }
    }

    /** It is certain that the value is not in the log and will not be. */
    public void failed() {
        synchronized (history) {
            failed = true;
            answeredAt = history.tick();
            if (transaction.isAlone()) {
                transaction.aborted();
            }
        }
    }

    Transaction<V> transaction() {
        return transaction;
    }

    PartitionLog<V> log() {
        return log;
    }

    V value() {
        return value;
    }

    long begunAt() {
        return begunAt;
    }

    /** When it was acknowledged or failed, or {@link Transaction#NEVER}. */
    long answeredAt() {
        return answeredAt;
    }

    boolean wasAcknowledged() {
        return acknowledgedOffset != NONE;
    }

    long acknowledgedOffset() {
        return acknowledgedOffset;
    }

    boolean mayBeVisible() {
        return !failed && transaction.mayBeVisible();
    }

    /** Forgets what an earlier reconstruction found. */
    void reset() {
        offset = acknowledgedOffset;
        visible = wasAcknowledged() && transaction.isCommitted();
        atEnd = false;
    }

    /** Its place in the log, acknowledged or read, or {@link #NONE}. */
    long offset() {
        return offset;
    }

    void standsAt(long found) {
        offset = found;
    }

    /** Whether readers of committed records got it, or must get it. */
    boolean isVisible() {
        return visible;
    }

    void visible() {
        visible = true;
    }

    boolean isAtEnd() {
        return atEnd;
    }

    void atEnd() {
        atEnd = true;
    }

    @Override
    public String toString() {
        return offset == NONE ? "%s in %s".formatted(value, log) : "%s in %s at %d".formatted(value, log, offset);
    }
}
