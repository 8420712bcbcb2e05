package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.RecordsPayload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Appends record batches to partitions.
 *
 * @param transactionalId the producer's transactional id; null outside transactions
 * @param acks which acknowledgements to wait for: 0 none (and no response is sent), 1 the leader's, -1 those of all
 *     in-sync replicas
 * @param timeoutMs how long to wait for them
 * @param topics the batches by topic
 */
public record ProduceRequest(@Since(3) @Nullable String transactionalId, short acks, int timeoutMs, List<Topic> topics)
        implements Request<ProduceResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.PRODUCE;
    }

    /**
     * The batches for a topic.
     *
     * @param name the topic
     * @param partitions the batches by partition
     */
    public record Topic(String name, List<Partition> partitions) {}

    /**
     * The batches for a partition.
     *
     * @param index the partition
     * @param records the batches; null is invalid
     */
    public record Partition(int index, @Nullable RecordsPayload records) {}
}
