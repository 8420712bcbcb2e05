package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Transactional ids, and what partitions know of their producers (KIP-664). Thread-safe. Every call waits for its answer, for up to the
 * request timeout. A call that fails throws a {@link ClientException} with the broker's error code.
 */
public interface TransactionAdmin extends AutoCloseable {

    /** Creates an admin client. Connects with the first call. */
    static TransactionAdmin create(ClientConfig config) {
        return new BrokerTransactionAdmin(config);
    }

    /** The version of transactions that the brokers have: the feature {@code transaction.version}; 0 if they do not have it. */
    int transactionVersion();

    /** All transactional ids, sorted. Fails unless every live broker answers. */
    List<TransactionListing> transactions();

    /** A transactional id; empty if there is none of that name. */
    Optional<TransactionDescription> describe(String transactionalId);

    /** The producers of partitions, as their leaders know them. */
    Map<TopicPartition, List<ProducerDescription>> producers(Collection<TopicPartition> partitions);

    /**
     * Ends the open transaction of a producer in one partition by an abort marker of the producer's epoch. Only for a transaction that no
     * coordinator knows: a coordinator's transaction would lose a part.
     *
     * @param producer as {@link #producers} returned it
     */
    void abort(TopicPartition partition, ProducerDescription producer);

    @Override
    void close();
}
