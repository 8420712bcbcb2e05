package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Elects leaders: preferred ones, or any (KIP-460).
 *
 * @param electionType {@link #PREFERRED} or {@link #UNCLEAN}
 * @param topicPartitions the partitions; null for all
 * @param timeoutMs how long to wait for the elections
 */
public record ElectLeadersRequest(
        @Since(1) byte electionType, @Nullable List<Topic> topicPartitions, int timeoutMs)
        implements Request<ElectLeadersResponse> {

    /** Elects the first replica, if it is in sync. */
    public static final byte PREFERRED = 0;

    /** Elects any live replica of a partition without leader. Acknowledged records may be lost. */
    public static final byte UNCLEAN = 1;

    @Override
    public ApiKey api() {
        return ApiKey.ELECT_LEADERS;
    }

    /**
     * The partitions of a topic.
     *
     * @param topic the topic's name
     * @param partitions their indexes
     */
    public record Topic(String topic, List<Integer> partitions) {}
}
