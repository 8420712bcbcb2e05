package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Committed offsets: of the one group requested, or from version 8 by group.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param topics the offsets by topic
 * @param errorCode the group's error
 * @param groups the offsets by group
 */
public record OffsetFetchResponse(
        @Since(3) int throttleTimeMs,
        @Until(7) List<Topic> topics,
        @Since(2) @Until(7) ErrorCode errorCode,
        @Since(8) List<Group> groups)
        implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.OFFSET_FETCH;
    }

    /**
     * The offsets of a topic.
     *
     * @param name the topic
     * @param partitions the offsets by partition
     */
    public record Topic(String name, List<Partition> partitions) {}

    /**
     * The offset of a partition.
     *
     * @param partitionIndex the partition
     * @param committedOffset the offset (exclusive: the next to read); -1 for none
     * @param committedLeaderEpoch the leader epoch of the last record read; -1 if not known
     * @param metadata the consumer's own data; null for none
     * @param errorCode the error
     */
    public record Partition(
            int partitionIndex,
            long committedOffset,
            @Since(5) @Default("-1") int committedLeaderEpoch,
            @Nullable String metadata,
            ErrorCode errorCode) {}

    /**
     * The offsets of a group.
     *
     * @param groupId the group
     * @param topics the offsets by topic
     * @param errorCode the group's error
     */
    public record Group(String groupId, List<Topic> topics, ErrorCode errorCode) {}
}
