package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;

/**
 * Deletes records at the start of partitions.
 *
 * @param topics the partitions
 * @param timeoutMs how long to wait for the replicas
 */
public record DeleteRecordsRequest(List<Topic> topics, int timeoutMs) implements Request<DeleteRecordsResponse> {
    /** The offset that stands for the high watermark. */
    public static final long HIGH_WATERMARK = -1;

    @Override
    public ApiKey api() {
        return ApiKey.DELETE_RECORDS;
    }

    /**
     * Partitions of a topic.
     *
     * @param name the topic
     * @param partitions its partitions
     */
    public record Topic(String name, List<Partition> partitions) {}

    /**
     * A partition.
     *
     * @param partitionIndex its index
     * @param offset the new log start offset; {@link #HIGH_WATERMARK} for the high watermark
     */
    public record Partition(int partitionIndex, long offset) {}
}
