package io.tailrace.protocol.transaction;

/**
 * The key of a transactional id.
 *
 * @param transactionalId the transactional id
 */
public record TransactionLogKey(String transactionalId) {
    /** The number of the record's type, with which its key begins. */
    public static final short TYPE = 0;
}
