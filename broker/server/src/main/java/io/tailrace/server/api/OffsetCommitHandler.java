package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.server.cluster.ClusterView;
import io.tailrace.server.group.CommittedOffset;
import io.tailrace.server.group.OffsetCoordinator;
import io.tailrace.server.partition.Clocks;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** Commits offsets of consumers that assign their own partitions. Group membership is not supported yet. */
public final class OffsetCommitHandler implements RequestHandler<OffsetCommitRequest, OffsetCommitResponse> {
    private static final int NO_GENERATION = -1;
    private static final long TIMEOUT_MS = 5000;

    private final ClusterView cluster;
    private final OffsetCoordinator groups;
    private final int metadataBytesMax;
    private final Clocks clocks;

    /** @param metadataBytesMax {@code offset.metadata.max.bytes} */
    public OffsetCommitHandler(ClusterView cluster, OffsetCoordinator groups, int metadataBytesMax, Clocks clocks) {
        this.cluster = cluster;
        this.groups = groups;
        this.metadataBytesMax = metadataBytesMax;
        this.clocks = clocks;
    }

    @Override
    public ApiKey api() {
        return ApiKey.OFFSET_COMMIT;
    }

    @Override
    public void handle(OffsetCommitRequest request, Call<OffsetCommitResponse> call) {
        ErrorCode groupError = groupError(request);
        if (groupError != ErrorCode.NONE) {
            call.answer(answer(request, Map.of(), groupError));
            return;
        }
        long nowMs = clocks.wallMs().getAsLong();
        Map<TopicPartition, ErrorCode> refused = new HashMap<>();
        Map<TopicPartition, CommittedOffset> accepted = new HashMap<>();
        for (OffsetCommitRequest.Topic topic : request.topics()) {
            for (OffsetCommitRequest.Partition part : topic.partitions()) {
                if (part.partitionIndex() >= 0) {
                    sort(new TopicPartition(topic.name(), part.partitionIndex()), part, nowMs, accepted, refused);
                }
            }
        }
        AtomicBoolean answered = new AtomicBoolean();
        Future<?> timeout = call.schedule(
                () -> answerOnce(answered, call, answer(request, refused, ErrorCode.REQUEST_TIMED_OUT)), TIMEOUT_MS);
        groups.commit(request.groupId(), accepted, nowMs, error -> {
            timeout.cancel(false);
            answerOnce(answered, call, answer(request, refused, error));
        });
    }

    private static void answerOnce(
            AtomicBoolean answered, Call<OffsetCommitResponse> call, OffsetCommitResponse answer) {
        if (answered.compareAndSet(false, true)) {
            call.execute(() -> call.answer(answer));
        }
    }

    private ErrorCode groupError(OffsetCommitRequest request) {
        ErrorCode error = groups.coordinates(request.groupId());
        if (error != ErrorCode.NONE) {
            return error;
        }
        boolean isMember = !request.memberId().isEmpty() || request.groupInstanceId() != null;
        if (isMember) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        return request.generationIdOrMemberEpoch() > NO_GENERATION ? ErrorCode.ILLEGAL_GENERATION : ErrorCode.NONE;
    }

    private void sort(
            TopicPartition partition,
            OffsetCommitRequest.Partition offset,
            long nowMs,
            Map<TopicPartition, CommittedOffset> accepted,
            Map<TopicPartition, ErrorCode> refused) {
        String metadata = offset.committedMetadata() == null ? "" : offset.committedMetadata();
        if (cluster.get().partition(partition).isEmpty()) {
            refused.put(partition, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        } else if (metadata.getBytes(StandardCharsets.UTF_8).length > metadataBytesMax) {
            refused.put(partition, ErrorCode.OFFSET_METADATA_TOO_LARGE);
        } else {
            accepted.put(
                    partition,
                    new CommittedOffset(offset.committedOffset(), offset.committedLeaderEpoch(), metadata, nowMs));
        }
    }

    private static OffsetCommitResponse answer(
            OffsetCommitRequest request, Map<TopicPartition, ErrorCode> refused, ErrorCode otherwise) {
        List<OffsetCommitResponse.Topic> topics = new ArrayList<>();
        for (OffsetCommitRequest.Topic topic : request.topics()) {
            List<OffsetCommitResponse.Partition> results = new ArrayList<>();
            for (OffsetCommitRequest.Partition part : topic.partitions()) {
                int index = part.partitionIndex();
                ErrorCode error = index < 0
                        ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                        : refused.getOrDefault(new TopicPartition(topic.name(), index), otherwise);
                results.add(new OffsetCommitResponse.Partition(index, error));
            }
            topics.add(new OffsetCommitResponse.Topic(topic.name(), results));
        }
        return new OffsetCommitResponse(0, topics);
    }
}
