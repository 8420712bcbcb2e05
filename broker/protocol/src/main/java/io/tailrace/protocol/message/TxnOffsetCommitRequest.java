package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Commits a group's offsets as a part of a transaction. From version 5 on, the request also adds them to the transaction (KIP-890).
 *
 * @param transactionalId the transactional id
 * @param groupId the group
 * @param producerId the producer id
 * @param producerEpoch its epoch
 * @param generationId the member's generation or epoch; -1 for none
 * @param memberId the member; empty for none
 * @param groupInstanceId the id of a static member (KIP-345); null for none
 * @param topics the offsets by topic
 */
public record TxnOffsetCommitRequest(
        String transactionalId,
        String groupId,
        long producerId,
        short producerEpoch,
        @Since(3) @Default("-1") int generationId,
        @Since(3) String memberId,
        @Since(3) @Nullable String groupInstanceId,
        List<Topic> topics)
        implements Request<TxnOffsetCommitResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.TXN_OFFSET_COMMIT;
    }

    /** The offsets of a topic, as in {@link OffsetCommitRequest.Topic}. */
    public record Topic(String name, List<Partition> partitions) {}

    /** The offset of a partition, as in {@link OffsetCommitRequest.Partition}. */
    public record Partition(
            int partitionIndex,
            long committedOffset,
            @Since(2) @Default("-1") int committedLeaderEpoch,
            @Nullable String committedMetadata) {}
}
