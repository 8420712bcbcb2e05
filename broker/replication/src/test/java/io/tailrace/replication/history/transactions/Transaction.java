package io.tailrace.replication.history.transactions;

import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.List;

/**
 * A transaction, or a single send or poll outside one, which counts as a transaction of its own. A transaction that nobody has
 * asked to commit is aborted in the end; one that was asked to commit without an answer may be either.
 */
public final class Transaction<V> {
    static final long NEVER = Long.MAX_VALUE;

    private enum Outcome {
        OPEN,
        COMMITTING,
        COMMITTED,
        ABORTED
    }

    private final TransactionHistory<V> history;
    private final ClientProcess process;
    private final int number;
    private final boolean alone;
    private final long begunAt;
    private final List<Send<V>> sends = new ArrayList<>(1);
    private final List<Poll<V>> polls = new ArrayList<>(1);
    private Outcome outcome = Outcome.OPEN;
    private long commitAskedAt = NEVER;
    private long endedAt = NEVER;
    /** Its number in the graph of dependencies, or -1. */
    private int node = -1;

    /** @param alone a single send or poll outside a transaction */
    Transaction(TransactionHistory<V> history, ClientProcess process, boolean alone) {
        this.history = history;
        this.process = process;
        this.alone = alone;
        number = process.next();
        begunAt = history.tick();
    }

    /** Begins to send a value. */
    public Send<V> send(TopicPartition partition, V value) {
        synchronized (history) {
            Send<V> send = new Send<>(history, this, history.log(partition), value);
            history.add(send);
            sends.add(send);
            return send;
        }
    }

    /** Begins a poll. */
    public Poll<V> poll(Reader reader) {
        synchronized (history) {
            Poll<V> poll = new Poll<>(history, this, reader);
            history.add(poll);
            polls.add(poll);
            return poll;
        }
    }

    /** Begins to ask for a commit; a second attempt changes nothing. */
    public void committing() {
        synchronized (history) {
            if (outcome == Outcome.OPEN) {
                outcome = Outcome.COMMITTING;
                commitAskedAt = alone ? begunAt : history.tick();
            }
        }
    }

    /** The commit was acknowledged. */
    public void committed() {
        end(Outcome.COMMITTED);
    }

    /**
     * It is certain that the transaction is not committed: an abort was acknowledged, or a commit refused whose first attempt it
     * was, or the producer was fenced before it asked for a commit.
     */
    public void aborted() {
        end(Outcome.ABORTED);
    }

    /** The transaction will not be committed if nobody has asked for it by now. Else this changes nothing. */
    public void abortedUnlessAskedToCommit() {
        synchronized (history) {
            if (outcome == Outcome.OPEN) {
                end(Outcome.ABORTED);
            }
        }
    }

    private void end(Outcome end) {
        synchronized (history) {
            if (outcome == Outcome.COMMITTED || outcome == Outcome.ABORTED) {
                throw new IllegalStateException("%s is %s already, not %s".formatted(this, outcome, end));
            }
            if (end == Outcome.COMMITTED && outcome == Outcome.OPEN) {
                throw new IllegalStateException(this + " is committed, but nobody asked for it");
            }
            outcome = end;
            endedAt = history.tick();
        }
    }

    List<Send<V>> sends() {
        return sends;
    }

    List<Poll<V>> polls() {
        return polls;
    }

    int node() {
        return node;
    }

    void setNode(int number) {
        node = number;
    }

    ClientProcess process() {
        return process;
    }

    boolean isAlone() {
        return alone;
    }

    long begunAt() {
        return begunAt;
    }

    /** When somebody asked for a commit, or {@link #NEVER}. */
    long commitAskedAt() {
        return commitAskedAt;
    }

    /** When the end was acknowledged, or {@link #NEVER}. */
    long endedAt() {
        return endedAt;
    }

    boolean isCommitted() {
        return outcome == Outcome.COMMITTED;
    }

    boolean mayBeVisible() {
        return isCommitted() || outcome == Outcome.COMMITTING;
    }

    /** How it ended, for a report. */
    String outcome() {
        return switch (outcome) {
            case OPEN -> "never asked to commit";
            case COMMITTING -> "asked to commit, without an answer";
            case COMMITTED -> "committed";
            case ABORTED -> alone ? "failed" : "aborted";
        };
    }

    @Override
    public String toString() {
        String kind = !alone ? "transaction" : sends.isEmpty() ? "poll" : "send";
        return "%s %d of %s".formatted(kind, number, process);
    }
}
