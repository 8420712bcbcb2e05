package io.tailrace.protocol.transaction;

/** The topic that stores transactional ids. */
public final class TransactionsTopic {
    /** Its name. */
    public static final String NAME = "__transaction_state";

    private TransactionsTopic() {}

    /** The partition that stores a transactional id, if the topic has this many partitions. As Kafka has it. */
    public static int partitionOf(String transactionalId, int partitions) {
        int hash = transactionalId.hashCode();
        return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % partitions;
    }
}
