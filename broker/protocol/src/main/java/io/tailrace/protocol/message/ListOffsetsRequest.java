package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;

/**
 * Looks up offsets by timestamp.
 *
 * @param replicaId the sending broker's id; -1 for a consumer
 * @param isolationLevel 0 if the end is the high watermark, {@link FetchRequest#READ_COMMITTED} if it is the last stable offset (KIP-98)
 * @param topics the partitions
 */
public record ListOffsetsRequest(int replicaId, @Since(2) byte isolationLevel, List<Topic> topics)
        implements Request<ListOffsetsResponse> {

    /** Timestamp for the end: the high watermark or the last stable offset. */
    public static final long LATEST = -1;

    /** Timestamp for the log start offset. */
    public static final long EARLIEST = -2;

    /** Timestamp for the record with the largest timestamp; from version 7 (KIP-734). */
    public static final long MAX_TIMESTAMP = -3;

    /** Timestamp for the log start offset on local disks; from version 8 (KIP-405). */
    public static final long EARLIEST_LOCAL = -4;

    @Override
    public ApiKey api() {
        return ApiKey.LIST_OFFSETS;
    }

    /**
     * The partitions of a topic.
     *
     * @param name the topic
     * @param partitions the partitions
     */
    public record Topic(String name, List<Partition> partitions) {}

    /**
     * A partition.
     *
     * @param partitionIndex its index
     * @param currentLeaderEpoch the epoch of its leader as the sender knows it; -1 is not checked (KIP-320)
     * @param timestamp milliseconds since the epoch, or one of the constants above
     */
    public record Partition(
            int partitionIndex, @Since(4) @Default("-1") int currentLeaderEpoch, long timestamp) {}
}
