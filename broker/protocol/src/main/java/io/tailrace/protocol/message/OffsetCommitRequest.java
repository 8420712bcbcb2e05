package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Commits a group's offsets.
 *
 * @param groupId the group
 * @param generationIdOrMemberEpoch the member's generation or epoch; -1 for a consumer that assigns its own partitions
 * @param memberId the member; empty for such a consumer
 * @param groupInstanceId the id of a static member (KIP-345); null for none
 * @param retentionTimeMs how long to keep the offsets; -1 for the broker's setting
 * @param topics the offsets by topic
 */
public record OffsetCommitRequest(
        String groupId,
        @Default("-1") int generationIdOrMemberEpoch,
        String memberId,
        @Since(7) @Nullable String groupInstanceId,
        @Until(4) @Default("-1") long retentionTimeMs,
        List<Topic> topics)
        implements Request<OffsetCommitResponse> {

    /** A commit by a consumer that assigns its own partitions. */
    public OffsetCommitRequest(String groupId, List<Topic> topics) {
        this(groupId, -1, "", null, -1, topics);
    }

    @Override
    public ApiKey api() {
        return ApiKey.OFFSET_COMMIT;
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
     * @param committedOffset the offset (exclusive: the next to read)
     * @param committedLeaderEpoch the leader epoch of the last record read; -1 if not known
     * @param committedMetadata the consumer's own data; null for none
     */
    public record Partition(
            int partitionIndex,
            long committedOffset,
            @Since(6) @Default("-1") int committedLeaderEpoch,
            @Nullable String committedMetadata) {}
}
