package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Requests committed offsets: of one group by {@code groupId} and {@code topics}, or from version 8 of several groups.
 *
 * @param groupId the group
 * @param topics the partitions; null for all with an offset
 * @param groups the groups and their partitions
 * @param requireStable whether to wait for pending transactions (KIP-447)
 */
public record OffsetFetchRequest(
        @Until(7) String groupId,
        @Until(7) @NullableSince(2) @Default("[]") @Nullable List<Topic> topics,
        @Since(8) List<Group> groups,
        @Since(7) boolean requireStable)
        implements Request<OffsetFetchResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.OFFSET_FETCH;
    }

    /**
     * Partitions of a topic.
     *
     * @param name the topic
     * @param partitionIndexes the indexes of its partitions
     */
    public record Topic(String name, List<Integer> partitionIndexes) {}

    /**
     * A group.
     *
     * @param groupId the group
     * @param memberId the requesting member (KIP-848); null for none
     * @param memberEpoch the member's epoch; -1 for none
     * @param topics the partitions; null for all with an offset
     */
    public record Group(
            String groupId,
            @Since(9) @Nullable String memberId,
            @Since(9) @Default("-1") int memberEpoch,
            @Nullable List<Topic> topics) {
        /** The offsets of a group, requested by no member; null topics for all. */
        public Group(String groupId, @Nullable List<Topic> topics) {
            this(groupId, null, -1, topics);
        }
    }
}
