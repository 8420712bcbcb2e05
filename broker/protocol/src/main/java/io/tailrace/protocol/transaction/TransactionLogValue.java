package io.tailrace.protocol.transaction;

import io.tailrace.protocol.message.Default;
import io.tailrace.protocol.message.Since;
import io.tailrace.protocol.message.Tagged;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a transactional id.
 *
 * @param producerId its producer id
 * @param previousProducerId the producer id before, if {@code lastProducerEpoch} belongs to it; else -1
 * @param nextProducerId the producer id after the transaction that ends, if its epochs are used up; else -1
 * @param producerEpoch the epoch of its producer
 * @param nextProducerEpoch the epoch after a transaction in two phases (KIP-939); -1 for none
 * @param transactionTimeoutMs the longest time that a transaction may take
 * @param transactionStatus the number of its state
 * @param transactionPartitions the partitions of its transaction, by topic; null if it is empty
 * @param transactionLastUpdateTimestampMs when it last changed
 * @param transactionStartTimestampMs when its transaction began; -1 for none
 * @param clientTransactionVersion the transaction version of its client (KIP-890)
 * @param lastProducerEpoch the epoch whose producer asked for the current one, and may ask again; -1 for none. Kafka keeps it in
 *     memory only, and skips this field when it reads
 */
public record TransactionLogValue(
        long producerId,
        @Since(1) @Tagged(0) @Default("-1") long previousProducerId,
        @Since(1) @Tagged(1) @Default("-1") long nextProducerId,
        short producerEpoch,
        @Since(1) @Tagged(3) @Default("-1") short nextProducerEpoch,
        int transactionTimeoutMs,
        byte transactionStatus,
        @Nullable List<PartitionsSchema> transactionPartitions,
        long transactionLastUpdateTimestampMs,
        long transactionStartTimestampMs,
        @Since(1) @Tagged(2) short clientTransactionVersion,
        @Since(1) @Tagged(10_000) @Default("-1") short lastProducerEpoch) {
    /** The version in which values are written; Kafka has read it since 3.8. */
    public static final short WRITTEN_VERSION = 1;

    /**
     * Partitions of a topic.
     *
     * @param topic the topic
     * @param partitionIds the indexes of the partitions
     */
    public record PartitionsSchema(String topic, List<Integer> partitionIds) {}
}
