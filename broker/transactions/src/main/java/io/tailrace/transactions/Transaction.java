package io.tailrace.transactions;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The state of a transactional id: what its newest record says. Immutable.
 *
 * @param state the state
 * @param producers its producers
 * @param version the transaction version of the transaction, as its client's requests show (KIP-890)
 * @param timeoutMs the longest time that a transaction may take
 * @param partitions the partitions of the transaction that is ongoing or ends
 * @param startMs when the transaction began; -1 for none
 * @param updatedMs when the state last changed
 */
record Transaction(
        TransactionState state,
        Producers producers,
        short version,
        int timeoutMs,
        SortedSet<TopicPartition> partitions,
        long startMs,
        long updatedMs) {
    static final short VERSION_1 = 1;
    /** The version in which an end raises the epoch. */
    static final short VERSION_2 = 2;

    private static final SortedSet<TopicPartition> NO_PARTITIONS = Collections.emptySortedSet();
    private static final long NO_TIME = -1;

    /** Copies the partitions. */
    Transaction {
        partitions = Collections.unmodifiableSortedSet(new TreeSet<>(partitions));
    }

    /** A new transactional id. */
    static Transaction started(ProducerIdentity producer, int timeoutMs, long nowMs) {
        Producers producers = new Producers(producer, ProducerIdentity.NONE);
        return new Transaction(TransactionState.EMPTY, producers, VERSION_1, timeoutMs, NO_PARTITIONS, NO_TIME, nowMs);
    }

    /** The current producer. */
    ProducerIdentity producer() {
        return producers.current();
    }

    /**
     * Whether a producer may do something now.
     *
     * @return {@code NONE}, or the error. While a transaction ends, the producer of the next one is told to wait, even if its id
     *     does not count yet (KAFKA-18660)
     */
    ErrorCode check(ProducerIdentity caller) {
        if (state.isPrepare() && (caller.equals(producers.next()) || caller.equals(producer()))) {
            return ErrorCode.CONCURRENT_TRANSACTIONS;
        }
        if (caller.id() != producer().id()) {
            return ErrorCode.INVALID_PRODUCER_ID_MAPPING;
        }
        return caller.epoch() == producer().epoch() ? ErrorCode.NONE : ErrorCode.PRODUCER_FENCED;
    }

    /** A producer has started. */
    Transaction restarted(Producers changed, int newTimeoutMs, long nowMs) {
        return become(TransactionState.EMPTY, changed, version, NO_TIME, nowMs).withTimeout(newTimeoutMs);
    }

    private Transaction withTimeout(int ms) {
        return new Transaction(state, producers, version, ms, partitions, startMs, updatedMs);
    }

    /** Partitions are added, to the transaction or to a new one. */
    Transaction with(Collection<TopicPartition> added, short clientVersion, long nowMs) {
        long beganMs = state == TransactionState.ONGOING ? startMs : nowMs;
        Transaction next = become(TransactionState.ONGOING, producers, clientVersion, beganMs, nowMs);
        SortedSet<TopicPartition> all = new TreeSet<>(partitions);
        all.addAll(added);
        return new Transaction(
                next.state, next.producers, next.version, next.timeoutMs, all, next.startMs, next.updatedMs);
    }

    /** The client ends the transaction by the rules of version 1: with the epoch of its records. */
    Transaction ended(boolean commit, long nowMs) {
        return become(
                TransactionState.prepare(commit),
                new Producers(producer(), ProducerIdentity.NONE),
                VERSION_1,
                startMs,
                nowMs);
    }

    /**
     * The client ends the transaction by the rules of version 2, and goes on with the next epoch.
     *
     * @param freshId the next producer id if the epochs are used up; else ignored
     */
    Transaction endedAndRaised(boolean commit, long freshId, long nowMs) {
        return raised(commit, producer(), freshId, VERSION_2, nowMs);
    }

    /**
     * The transaction is aborted with a raised epoch, which fences its producer.
     *
     * @param askedBy the producer if it has asked for it itself; else none
     * @param freshId the next producer id if the epochs are used up; else ignored
     */
    Transaction fenced(ProducerIdentity askedBy, long freshId, long nowMs) {
        return raised(false, askedBy, freshId, version, nowMs);
    }

    private Transaction raised(
            boolean commit, ProducerIdentity askedBy, long freshId, short clientVersion, long nowMs) {
        ProducerIdentity raised = producer().raised();
        long nextId = producer().isExhausted() ? freshId : Producers.NO_ID;
        // A marker of version 2 needs a greater epoch than the records have.
        short markerVersion = raised.equals(producer()) ? VERSION_1 : clientVersion;
        Producers changed = new Producers(raised, askedBy, nextId);
        return become(TransactionState.prepare(commit), changed, markerVersion, startMs, nowMs);
    }

    /** A transaction without partitions ends by the rules of version 2. It owes no markers. */
    Transaction endedEmpty(boolean commit, long freshId, long nowMs) {
        ProducerIdentity given = producer().isExhausted()
                ? ProducerIdentity.first(freshId)
                : producer().raised();
        return become(TransactionState.complete(commit), producers.succeededBy(given), VERSION_2, NO_TIME, nowMs);
    }

    /** Every partition has its marker. */
    Transaction completed(long nowMs) {
        Producers changed = new Producers(producers.next(), producers.predecessor());
        return become(TransactionState.complete(state.isCommit()), changed, version, NO_TIME, nowMs);
    }

    /** The next state, with the same partitions if it still has a transaction. */
    private Transaction become(
            TransactionState next, Producers changed, short newVersion, long newStartMs, long nowMs) {
        if (!state.canBecome(next)) {
            throw new IllegalStateException("state of transaction: " + state + " cannot become " + next);
        }
        SortedSet<TopicPartition> kept = next.hasTransaction() ? partitions : NO_PARTITIONS;
        return new Transaction(next, changed, newVersion, timeoutMs, kept, newStartMs, nowMs);
    }
}
