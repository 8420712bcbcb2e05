package io.tailrace.transactions;

import java.util.Arrays;
import java.util.Optional;

/**
 * The state of a transactional id.
 *
 * <pre>
 *   no id            ─▶ EMPTY             InitProducerId
 *   EMPTY, COMPLETE  ─▶ EMPTY             InitProducerId
 *                    ─▶ ONGOING           partitions are added
 *                    ─▶ COMPLETE          EndTxn of a transaction without partitions (version 2)
 *                    ─▶ no id             expired
 *   ONGOING          ─▶ ONGOING           partitions are added
 *                    ─▶ PREPARE_COMMIT    EndTxn
 *                    ─▶ PREPARE_ABORT     EndTxn, InitProducerId, or the transaction takes too long
 *   PREPARE_COMMIT   ─▶ COMPLETE_COMMIT   every partition has its marker
 *   PREPARE_ABORT    ─▶ COMPLETE_ABORT    every partition has its marker
 * </pre>
 */
public enum TransactionState {
    /** No transaction since the producer has started. */
    EMPTY(0, "Empty"),
    /** A transaction has partitions. */
    ONGOING(1, "Ongoing"),
    /** The transaction is committed, and owes markers. */
    PREPARE_COMMIT(2, "PrepareCommit"),
    /** The transaction is aborted, and owes markers. */
    PREPARE_ABORT(3, "PrepareAbort"),
    /** The last transaction was committed. */
    COMPLETE_COMMIT(4, "CompleteCommit"),
    /** The last transaction was aborted. */
    COMPLETE_ABORT(5, "CompleteAbort");

    private final byte number;
    private final String text;

    TransactionState(int number, String text) {
        this.number = (byte) number;
        this.text = text;
    }

    /** As in records. */
    byte number() {
        return number;
    }

    /** As in answers to clients. */
    public String text() {
        return text;
    }

    /** The state with this number in records, if there is one. */
    static Optional<TransactionState> of(byte number) {
        return Arrays.stream(values()).filter(state -> state.number == number).findFirst();
    }

    /** The state with this name in requests, if there is one. */
    static Optional<TransactionState> named(String text) {
        return Arrays.stream(values()).filter(state -> state.text.equals(text)).findFirst();
    }

    static TransactionState prepare(boolean commit) {
        return commit ? PREPARE_COMMIT : PREPARE_ABORT;
    }

    static TransactionState complete(boolean commit) {
        return commit ? COMPLETE_COMMIT : COMPLETE_ABORT;
    }

    /** Whether the transaction owes markers. */
    boolean isPrepare() {
        return this == PREPARE_COMMIT || this == PREPARE_ABORT;
    }

    /** Whether there is a transaction that has begun and is not complete. */
    boolean hasTransaction() {
        return this == ONGOING || isPrepare();
    }

    /** Whether the last transaction has ended. */
    boolean isComplete() {
        return this == COMPLETE_COMMIT || this == COMPLETE_ABORT;
    }

    /** Whether the transaction is committed. */
    boolean isCommit() {
        return this == PREPARE_COMMIT || this == COMPLETE_COMMIT;
    }

    /** Whether the transition is one of those above. */
    boolean canBecome(TransactionState next) {
        return switch (this) {
            case EMPTY, COMPLETE_COMMIT, COMPLETE_ABORT -> next == EMPTY || next == ONGOING || next.isComplete();
            case ONGOING -> next == ONGOING || next.isPrepare();
            case PREPARE_COMMIT -> next == COMPLETE_COMMIT;
            case PREPARE_ABORT -> next == COMPLETE_ABORT;
        };
    }
}
