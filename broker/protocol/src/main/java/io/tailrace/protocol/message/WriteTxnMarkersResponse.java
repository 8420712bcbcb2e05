package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;

/**
 * The results of {@link WriteTxnMarkersRequest}.
 *
 * @param markers the results by marker, in the order of the request
 */
public record WriteTxnMarkersResponse(List<Marker> markers) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.WRITE_TXN_MARKERS;
    }

    /**
     * The results for a marker.
     *
     * @param producerId the producer id
     * @param topics the results by topic
     */
    public record Marker(long producerId, List<Topic> topics) {}

    /** The results for a topic, by partition. */
    public record Topic(String name, List<Partition> partitions) {}

    /** The result for a partition. */
    public record Partition(int partitionIndex, ErrorCode errorCode) {}
}
