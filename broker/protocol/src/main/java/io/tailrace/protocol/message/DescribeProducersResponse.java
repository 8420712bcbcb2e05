package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The producers of partitions.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param topics the producers by topic
 */
public record DescribeProducersResponse(int throttleTimeMs, List<Topic> topics) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_PRODUCERS;
    }

    /**
     * The producers of a topic.
     *
     * @param name the topic
     * @param partitions the producers by partition
     */
    public record Topic(String name, List<Partition> partitions) {}

    /**
     * The producers of a partition.
     *
     * @param partitionIndex the partition
     * @param errorCode the error
     * @param errorMessage describes the error; null for nothing to add
     * @param activeProducers the producers
     */
    public record Partition(
            int partitionIndex,
            ErrorCode errorCode,
            @Nullable String errorMessage,
            List<Producer> activeProducers) {}

    /**
     * A producer.
     *
     * @param producerId its id
     * @param producerEpoch its epoch
     * @param lastSequence the sequence number of its last record; -1 for none
     * @param lastTimestamp the timestamp of its last batch; -1 for none
     * @param coordinatorEpoch the coordinator epoch of its last marker; -1 for none
     * @param currentTxnStartOffset the first offset of its open transaction; -1 for none
     */
    public record Producer(
            long producerId,
            int producerEpoch,
            @Default("-1") int lastSequence,
            @Default("-1") long lastTimestamp,
            int coordinatorEpoch,
            @Default("-1") long currentTxnStartOffset) {}
}
