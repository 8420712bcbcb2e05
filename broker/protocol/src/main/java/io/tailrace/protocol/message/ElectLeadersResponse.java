package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose leaders were elected.
 *
 * @param throttleTimeMs how long the client should pause for a quota's sake
 * @param errorCode what went wrong with all of them
 * @param replicaElectionResults the answers by topic
 */
public record ElectLeadersResponse(
        int throttleTimeMs, @Since(1) ErrorCode errorCode, List<Topic> replicaElectionResults) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.ELECT_LEADERS;
    }

    /**
     * The answers for a topic.
     *
     * @param topic the topic's name
     * @param partitionResult the answers by partition
     */
    public record Topic(String topic, List<Partition> partitionResult) {}

    /**
     * The answer for a partition.
     *
     * @param partitionId its index
     * @param errorCode what went wrong; {@link ErrorCode#ELECTION_NOT_NEEDED} if its leader was as wanted
     * @param errorMessage what went wrong, for people; null for nothing to add
     */
    public record Partition(
            int partitionId, ErrorCode errorCode, @Nullable String errorMessage) {}
}
