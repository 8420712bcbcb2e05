package io.tailrace.groups.offsets;

import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicMember;
import io.tailrace.groups.ClusterSnapshot;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.OffsetCaller;
import io.tailrace.groups.StoredOffset;
import io.tailrace.groups.rebalance.SessionTimeout;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Ticket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Commits offsets of a member, or, if the group has no members, of a consumer that assigns its own partitions. Each partition has
 * its own result: one that is refused does not stop the others.
 *
 * @param request the request
 * @param version its version
 */
public record CommitOffsets(OffsetCommitRequest request, short version)
        implements Operation<GroupsShard, OffsetCommitResponse> {
    /** The first version whose callers may be members of the consumer protocol (KIP-848). */
    private static final short FIRST_WITH_MEMBER_EPOCH = 9;

    private static final long RETENTION_OF_BROKER = -1;

    /** Gives the result of a partition of a topic. */
    @FunctionalInterface
    private interface PartitionResult {
        ErrorCode of(OffsetCommitRequest.Topic topic, OffsetCommitRequest.Partition partition);
    }

    @Override
    public Decision<GroupsShard> decide(GroupsShard state, Ticket<OffsetCommitResponse> ticket, long nowMs) {
        Group group = state.groups().get(request.groupId());
        OffsetCaller caller =
                new OffsetCaller(request.memberId(), request.groupInstanceId(), request.generationIdOrMemberEpoch());
        ErrorCode groupError = groupError(group, caller);
        if (groupError != ErrorCode.NONE) {
            return Decision.reply(ticket, refused(groupError));
        }
        Decision.Builder<GroupsShard> decision = new Decision.Builder<>();
        extendSession(group, decision, nowMs);
        OffsetCommitResponse answer = answer((topic, partition) -> {
            ErrorCode error = partitionError(state, topic.name(), partition);
            if (error != ErrorCode.NONE) {
                return error;
            }
            UUID topicId = state.cluster().topic(topic.name()).orElseThrow().id();
            if (group != null && caller.isMember()) {
                error = group.commitError(caller, topicId, partition.partitionIndex());
            }
            if (error == ErrorCode.NONE) {
                decision.append(OffsetRecords.commit(
                        request.groupId(),
                        new TopicPartition(topic.name(), partition.partitionIndex()),
                        offset(partition, topicId, nowMs)));
            }
            return error;
        });
        return decision.reply(ticket, answer).build();
    }

    private ErrorCode groupError(@Nullable Group group, OffsetCaller caller) {
        if (group != null) {
            return group.commitError(caller);
        }
        if (caller.generationOrEpoch() < 0) {
            return ErrorCode.NONE; // Some clients name an instance although they assign their own partitions.
        }
        return version >= FIRST_WITH_MEMBER_EPOCH ? ErrorCode.UNKNOWN_MEMBER_ID : ErrorCode.ILLEGAL_GENERATION;
    }

    /** A commit shows that the client is alive: some clients send no heartbeats while they are busy. */
    private void extendSession(@Nullable Group group, Decision.Builder<GroupsShard> decision, long nowMs) {
        if (group instanceof ClassicGroup classic) {
            ClassicMember member = classic.members().get(request.memberId());
            if (member != null) {
                decision.renew(
                        new SessionTimeout(request.groupId(), request.memberId()),
                        nowMs + member.details().sessionTimeoutMs());
            }
        }
    }

    private static ErrorCode partitionError(GroupsShard state, String topic, OffsetCommitRequest.Partition partition) {
        Optional<ClusterSnapshot.Topic> known = state.cluster().topic(topic);
        int index = partition.partitionIndex();
        if (known.isEmpty() || index < 0 || index >= known.get().partitions()) {
            return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        }
        int metadataBytes = metadata(partition).getBytes(StandardCharsets.UTF_8).length;
        return metadataBytes > state.settings().offsets().metadataBytesMax()
                ? ErrorCode.OFFSET_METADATA_TOO_LARGE
                : ErrorCode.NONE;
    }

    private StoredOffset offset(OffsetCommitRequest.Partition partition, UUID topicId, long nowMs) {
        long retentionMs = request.retentionTimeMs();
        long expiresAtMs =
                retentionMs < 0 ? RETENTION_OF_BROKER : nowMs + Math.min(retentionMs, Long.MAX_VALUE - nowMs);
        return new StoredOffset(
                partition.committedOffset(),
                partition.committedLeaderEpoch(),
                metadata(partition),
                nowMs,
                expiresAtMs,
                topicId);
    }

    private static String metadata(OffsetCommitRequest.Partition partition) {
        return partition.committedMetadata() == null ? "" : partition.committedMetadata();
    }

    private OffsetCommitResponse answer(PartitionResult result) {
        List<OffsetCommitResponse.Topic> topics = new ArrayList<>();
        for (OffsetCommitRequest.Topic topic : request.topics()) {
            List<OffsetCommitResponse.Partition> partitions = new ArrayList<>();
            for (OffsetCommitRequest.Partition partition : topic.partitions()) {
                partitions.add(
                        new OffsetCommitResponse.Partition(partition.partitionIndex(), result.of(topic, partition)));
            }
            topics.add(new OffsetCommitResponse.Topic(topic.name(), partitions));
        }
        return new OffsetCommitResponse(0, topics);
    }

    @Override
    public OffsetCommitResponse refused(ErrorCode error) {
        ErrorCode shown = error == ErrorCode.MESSAGE_TOO_LARGE ? ErrorCode.INVALID_COMMIT_OFFSET_SIZE : error;
        return answer((topic, partition) -> shown);
    }
}
