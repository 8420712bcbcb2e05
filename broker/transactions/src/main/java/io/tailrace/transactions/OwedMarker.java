package io.tailrace.transactions;

import io.tailrace.protocol.TopicPartition;
import java.util.SortedSet;

/**
 * The marker that a transaction owes to its partitions. The coordinator epoch in it is the host's: the leader epoch of the shard.
 *
 * @param transactionalId the transactional id
 * @param endOffset the offset of the record that ended the transaction, which identifies it
 * @param producer the producer id and epoch of the marker
 * @param commit whether the transaction is committed
 * @param version the transaction version in WriteTxnMarkers: with 2, the epoch is above that of the transaction's records
 * @param partitions the partitions that have not been reported yet; may be empty, which is to be reported, too
 */
public record OwedMarker(
        String transactionalId,
        long endOffset,
        ProducerIdentity producer,
        boolean commit,
        short version,
        SortedSet<TopicPartition> partitions) {}
