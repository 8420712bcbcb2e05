package io.tailrace.groups.offsets;

import io.tailrace.groups.ClusterSnapshot;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.OffsetCaller;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.shard.Decision;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The offsets in a request to commit them. Each partition has its own result: one that is refused does not stop the others.
 *
 * @param groupId the group
 * @param topics the offsets
 */
record OffsetsToCommit(String groupId, List<OffsetCommitRequest.Topic> topics) {
    /** Gives the result of a partition of a topic. */
    @FunctionalInterface
    private interface PartitionResult {
        ErrorCode of(OffsetCommitRequest.Topic topic, OffsetCommitRequest.Partition partition);
    }

    /**
     * Appends the offsets of a caller whom the group does not refuse.
     *
     * @param expiresAtMs when they expire; -1 if the broker's setting decides
     */
    List<OffsetCommitResponse.Topic> append(
            GroupsShard state,
            OffsetCaller caller,
            long expiresAtMs,
            Decision.Builder<GroupsShard> decision,
            long nowMs) {
        Group group = state.groups().get(groupId);
        return results((topic, partition) -> {
            ErrorCode error = partitionError(state, topic.name(), partition);
            if (error == ErrorCode.NONE && group != null && caller.isMember()) {
                UUID topicId = state.cluster().topic(topic.name()).orElseThrow().id();
                error = group.commitError(caller, topicId, partition.partitionIndex());
            }
            if (error == ErrorCode.NONE) {
                TopicPartition id = new TopicPartition(topic.name(), partition.partitionIndex());
                decision.append(OffsetRecords.commit(groupId, id, partition, expiresAtMs, nowMs));
            }
            return error;
        });
    }

    private static ErrorCode partitionError(GroupsShard state, String topic, OffsetCommitRequest.Partition partition) {
        Optional<ClusterSnapshot.Topic> known = state.cluster().topic(topic);
        int index = partition.partitionIndex();
        if (known.isEmpty() || index < 0 || index >= known.get().partitions()) {
            return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        }
        int metadataBytes = OffsetRecords.metadata(partition).getBytes(StandardCharsets.UTF_8).length;
        return metadataBytes > state.settings().offsets().metadataBytesMax()
                ? ErrorCode.OFFSET_METADATA_TOO_LARGE
                : ErrorCode.NONE;
    }

    /** Refuses all partitions. */
    List<OffsetCommitResponse.Topic> refused(ErrorCode error) {
        ErrorCode shown = error == ErrorCode.MESSAGE_TOO_LARGE ? ErrorCode.INVALID_COMMIT_OFFSET_SIZE : error;
        return results((topic, partition) -> shown);
    }

    private List<OffsetCommitResponse.Topic> results(PartitionResult result) {
        List<OffsetCommitResponse.Topic> results = new ArrayList<>();
        for (OffsetCommitRequest.Topic topic : topics) {
            List<OffsetCommitResponse.Partition> partitions = new ArrayList<>();
            for (OffsetCommitRequest.Partition partition : topic.partitions()) {
                partitions.add(
                        new OffsetCommitResponse.Partition(partition.partitionIndex(), result.of(topic, partition)));
            }
            results.add(new OffsetCommitResponse.Topic(topic.name(), partitions));
        }
        return results;
    }
}
