package io.tailrace.server.api;

import io.tailrace.log.TimestampedOffset;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.ListOffsetsResponse;
import io.tailrace.replication.Leader;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the start or end offset of a log, or the offset of its first record at or after a time. */
public final class ListOffsetsHandler implements RequestHandler<ListOffsetsRequest, ListOffsetsResponse> {
    private static final long NONE = -1;
    private static final int NO_EPOCH = -1;
    /** Earlier versions do not have this error; their clients retry after another one (KIP-207). */
    private static final short OFFSET_NOT_AVAILABLE_SINCE = 5;

    private final Partitions partitions;
    private final BlockingCalls blocking;

    /** Answers for these partitions. Files are searched on the threads of {@code blocking}. */
    public ListOffsetsHandler(Partitions partitions, BlockingCalls blocking) {
        this.partitions = partitions;
        this.blocking = blocking;
    }

    @Override
    public ApiKey api() {
        return ApiKey.LIST_OFFSETS;
    }

    @Override
    public void handle(ListOffsetsRequest request, Call<ListOffsetsResponse> call) {
        if (request.topics().stream().allMatch(ListOffsetsHandler::isInMemory)) {
            call.answer(answer(request, call.header().version()));
        } else {
            blocking.answer(
                    BlockingCalls.Kind.LOOK_UP,
                    call,
                    () -> answer(request, call.header().version()),
                    () -> overloaded(request));
        }
    }

    private static ListOffsetsResponse overloaded(ListOffsetsRequest request) {
        return new ListOffsetsResponse(
                0,
                request.topics().stream()
                        .map(topic -> new ListOffsetsResponse.Topic(
                                topic.name(),
                                topic.partitions().stream()
                                        .map(part -> refused(part.partitionIndex(), ErrorCode.REQUEST_TIMED_OUT))
                                        .toList()))
                        .toList());
    }

    private static boolean isInMemory(ListOffsetsRequest.Topic topic) {
        return topic.partitions().stream()
                .allMatch(part -> part.timestamp() == ListOffsetsRequest.LATEST
                        || part.timestamp() == ListOffsetsRequest.EARLIEST
                        || part.timestamp() == ListOffsetsRequest.EARLIEST_LOCAL);
    }

    /**
     * What the client may see.
     *
     * @param isCommitted whether it sees only what is decided, below the last stable offset
     * @param notAvailable the error while a new leader does not know the high watermark
     */
    private record Limits(boolean isCommitted, ErrorCode notAvailable) {}

    private ListOffsetsResponse answer(ListOffsetsRequest request, short version) {
        Limits limits = new Limits(
                request.isolationLevel() == FetchRequest.READ_COMMITTED,
                version < OFFSET_NOT_AVAILABLE_SINCE ? ErrorCode.LEADER_NOT_AVAILABLE : ErrorCode.OFFSET_NOT_AVAILABLE);
        List<ListOffsetsResponse.Topic> topics = new ArrayList<>();
        SeenPartitions<String> seen = new SeenPartitions<>();
        for (ListOffsetsRequest.Topic topic : request.topics()) {
            List<ListOffsetsResponse.Partition> results = new ArrayList<>();
            for (ListOffsetsRequest.Partition part : topic.partitions()) {
                results.add(
                        seen.add(topic.name(), part.partitionIndex())
                                ? answer(topic.name(), part, limits)
                                : refused(part.partitionIndex(), ErrorCode.INVALID_REQUEST));
            }
            topics.add(new ListOffsetsResponse.Topic(topic.name(), results));
        }
        return new ListOffsetsResponse(0, topics);
    }

    private ListOffsetsResponse.Partition answer(String topic, ListOffsetsRequest.Partition requested, Limits limits) {
        int index = requested.partitionIndex();
        Partition partition = partitions.find(topic, index);
        if (partition == null) {
            return refused(index, partitions.errorOfMissing(topic, index));
        }
        return partition
                .leadershipIn(requested.currentLeaderEpoch())
                .map(leader -> find(partition, leader, requested, limits), error -> refused(index, error));
    }

    private static ListOffsetsResponse.Partition find(
            Partition partition, Leader leader, ListOffsetsRequest.Partition requested, Limits limits) {
        int index = requested.partitionIndex();
        long timestamp = requested.timestamp();
        if (timestamp == ListOffsetsRequest.EARLIEST || timestamp == ListOffsetsRequest.EARLIEST_LOCAL) {
            return found(index, NONE, partition.logStartOffset(), leader.leaderEpoch());
        }
        Optional<Long> latest = leader.latestOffset();
        if (latest.isEmpty()) {
            return refused(index, limits.notAvailable());
        }
        long end = limits.isCommitted() ? partition.lastStableOffset(latest.get()) : latest.get();
        if (timestamp == ListOffsetsRequest.LATEST) {
            return found(index, NONE, end, leader.leaderEpoch());
        }
        try {
            Optional<TimestampedOffset> record = timestamp == ListOffsetsRequest.MAX_TIMESTAMP
                    ? partition.offsetOfMaxTimestamp()
                    : partition.offsetForTimestamp(timestamp);
            return record.filter(each -> each.offset() < end)
                    .map(each -> found(index, each.timestampMs(), each.offset(), each.leaderEpoch()))
                    .orElseGet(() -> found(index, NONE, NONE, NO_EPOCH));
        } catch (IOException e) {
            return refused(index, partition.errorOf(e));
        }
    }

    private static ListOffsetsResponse.Partition found(int index, long timestampMs, long offset, int leaderEpoch) {
        return new ListOffsetsResponse.Partition(index, ErrorCode.NONE, timestampMs, offset, leaderEpoch);
    }

    private static ListOffsetsResponse.Partition refused(int index, ErrorCode error) {
        return new ListOffsetsResponse.Partition(index, error, NONE, NONE, NO_EPOCH);
    }
}
