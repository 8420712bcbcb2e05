package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;

/**
 * Writes the markers that end transactions to partitions. Sent by coordinators, and by tools to end hanging transactions.
 *
 * @param markers the markers
 */
public record WriteTxnMarkersRequest(List<Marker> markers) implements Request<WriteTxnMarkersResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.WRITE_TXN_MARKERS;
    }

    /**
     * The marker of a transaction.
     *
     * @param producerId the producer id
     * @param producerEpoch its epoch
     * @param transactionResult whether the transaction is committed
     * @param topics the partitions to write it to, by topic
     * @param coordinatorEpoch the leader epoch of the coordinator's partition of {@code __transaction_state}
     * @param transactionVersion 2 if the epoch is above that of the transaction's records (KIP-1228)
     */
    public record Marker(
            long producerId,
            short producerEpoch,
            boolean transactionResult,
            List<Topic> topics,
            int coordinatorEpoch,
            @Since(2) byte transactionVersion) {}

    /**
     * Partitions of a topic.
     *
     * @param name the topic
     * @param partitionIndexes the indexes of the partitions
     */
    public record Topic(String name, List<Integer> partitionIndexes) {}
}
