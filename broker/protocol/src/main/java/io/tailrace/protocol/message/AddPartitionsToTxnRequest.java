package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;

/**
 * Adds partitions to a transaction. Clients send versions up to 3, for one transaction. Brokers send later ones, for several, before
 * they append a transaction's first records to a partition (KIP-890).
 *
 * @param transactionalId the client's transactional id
 * @param producerId its producer id
 * @param producerEpoch its epoch
 * @param topics the partitions to add, by topic
 * @param transactions the transactions of which a broker has received records
 */
public record AddPartitionsToTxnRequest(
        @Until(3) String transactionalId,
        @Until(3) long producerId,
        @Until(3) short producerEpoch,
        @Until(3) List<Topic> topics,
        @Since(4) List<Transaction> transactions)
        implements Request<AddPartitionsToTxnResponse> {
    /** The last version for clients. */
    public static final short CLIENT_VERSION_MAX = 3;

    /** A client's request. */
    public AddPartitionsToTxnRequest(String transactionalId, long producerId, short producerEpoch, List<Topic> topics) {
        this(transactionalId, producerId, producerEpoch, topics, List.of());
    }

    /** A broker's request. */
    public AddPartitionsToTxnRequest(List<Transaction> transactions) {
        this("", 0, (short) 0, List.of(), transactions);
    }

    @Override
    public ApiKey api() {
        return ApiKey.ADD_PARTITIONS_TO_TXN;
    }

    @Override
    public short sentVersionMax() {
        return transactions.isEmpty() ? CLIENT_VERSION_MAX : api().served().max();
    }

    /**
     * A transaction of which a broker has received records.
     *
     * @param transactionalId its transactional id
     * @param producerId the producer id of the records
     * @param producerEpoch the epoch of the records
     * @param verifyOnly whether to check that the transaction has the partitions, instead of adding them
     * @param topics the partitions, by topic
     */
    public record Transaction(
            String transactionalId, long producerId, short producerEpoch, boolean verifyOnly, List<Topic> topics) {}

    /**
     * Partitions of a topic.
     *
     * @param name the topic
     * @param partitions the indexes of the partitions
     */
    public record Topic(String name, List<Integer> partitions) {}
}
