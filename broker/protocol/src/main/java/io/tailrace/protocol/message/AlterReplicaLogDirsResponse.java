package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;

/**
 * The results of {@link AlterReplicaLogDirsRequest}.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param results the results by topic
 */
public record AlterReplicaLogDirsResponse(int throttleTimeMs, List<Topic> results) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.ALTER_REPLICA_LOG_DIRS;
    }

    /**
     * The results for a topic.
     *
     * @param topicName the topic
     * @param partitions the results by partition
     */
    public record Topic(String topicName, List<Partition> partitions) {}

    /**
     * The result for a partition.
     *
     * @param partitionIndex the partition
     * @param errorCode the error
     */
    public record Partition(int partitionIndex, ErrorCode errorCode) {}
}
