package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;

/**
 * Moves replicas between the log directories of a broker.
 *
 * @param dirs the replicas by the directory to move them to
 */
public record AlterReplicaLogDirsRequest(List<Dir> dirs) implements Request<AlterReplicaLogDirsResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.ALTER_REPLICA_LOG_DIRS;
    }

    /**
     * The replicas to move to a directory.
     *
     * @param path the absolute path of the directory
     * @param topics the replicas
     */
    public record Dir(String path, List<Topic> topics) {}

    /**
     * Partitions of a topic.
     *
     * @param name the topic
     * @param partitions the indexes of its partitions
     */
    public record Topic(String name, List<Integer> partitions) {}
}
