package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of {@link ElectLeadersRequest}.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the error of the whole request
 * @param replicaElectionResults the results by topic
 */
public record ElectLeadersResponse(
        int throttleTimeMs, @Since(1) ErrorCode errorCode, List<Topic> replicaElectionResults) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.ELECT_LEADERS;
    }

    /**
     * The results for a topic.
     *
     * @param topic the topic's name
     * @param partitionResult the results by partition
     */
    public record Topic(String topic, List<Partition> partitionResult) {}

    /**
     * The result for a partition.
     *
     * @param partitionId its index
     * @param errorCode the error; {@link ErrorCode#ELECTION_NOT_NEEDED} if the leader already was as requested
     * @param errorMessage describes the error; null for nothing to add
     */
    public record Partition(
            int partitionId, ErrorCode errorCode, @Nullable String errorMessage) {}
}
