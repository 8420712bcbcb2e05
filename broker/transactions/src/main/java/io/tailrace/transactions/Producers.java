package io.tailrace.transactions;

/**
 * The producers of a transactional id.
 *
 * @param current the current one; while a transaction ends that was raised, already with the epoch after it
 * @param predecessor the one that asked for the current one, and may ask again because it missed the answer; else none
 * @param nextId the producer id after the transaction that ends, if its epochs are used up; else {@link #NO_ID}
 */
record Producers(ProducerIdentity current, ProducerIdentity predecessor, long nextId) {
    static final long NO_ID = -1;

    Producers(ProducerIdentity current, ProducerIdentity predecessor) {
        this(current, predecessor, NO_ID);
    }

    /** The producer of the next transaction. */
    ProducerIdentity next() {
        return nextId == NO_ID ? current : ProducerIdentity.first(nextId);
    }

    /** The given one replaces the current one, which may not ask again. */
    Producers fencedBy(ProducerIdentity given) {
        return new Producers(given, ProducerIdentity.NONE);
    }

    /** The current one gets the given one. */
    Producers succeededBy(ProducerIdentity given) {
        return new Producers(given, current);
    }
}
