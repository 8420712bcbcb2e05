package io.tailrace.transactions;

/**
 * A producer id and an epoch.
 *
 * @param id the producer id; -1 for none
 * @param epoch the epoch; -1 for none
 */
public record ProducerIdentity(long id, short epoch) {
    /** No producer. */
    public static final ProducerIdentity NONE = new ProducerIdentity(-1, (short) -1);

    /** The last epoch that a producer is given. One more is left to fence it. */
    private static final short GIVEN_MAX = Short.MAX_VALUE - 1;

    static ProducerIdentity first(long id) {
        return new ProducerIdentity(id, (short) 0);
    }

    /** Whether the next epoch cannot be given to a producer. */
    boolean isExhausted() {
        return epoch >= GIVEN_MAX;
    }

    /** With the next epoch. It stays at the greatest one. */
    ProducerIdentity raised() {
        return new ProducerIdentity(id, (short) Math.min(epoch + 1, Short.MAX_VALUE));
    }
}
