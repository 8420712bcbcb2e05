package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.EpochEnd;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.protocol.message.OffsetForLeaderEpochRequest;
import io.tailrace.protocol.message.OffsetForLeaderEpochResponse;
import io.tailrace.replication.Leader;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import java.util.ArrayList;
import java.util.List;

/**
 * Returns the end offsets of leader epochs. They show a consumer whether records that it has read were truncated (KIP-320).
 *
 * <p>A consumer gets no offset above the high watermark. It gets OFFSET_NOT_AVAILABLE while the high watermark of a new leader
 * may be below what consumers have read, because it would take the difference for lost records.
 */
public final class OffsetForLeaderEpochHandler
        implements RequestHandler<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse> {
    private static final EpochEnd NONE = new EpochEnd(LeaderEpochs.UNKNOWN, -1);

    private final Partitions partitions;

    /** Answers for these partitions. */
    public OffsetForLeaderEpochHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public ApiKey api() {
        return ApiKey.OFFSET_FOR_LEADER_EPOCH;
    }

    @Override
    public void handle(OffsetForLeaderEpochRequest request, Call<OffsetForLeaderEpochResponse> call) {
        boolean consumer = request.replicaId() == OffsetForLeaderEpochRequest.CONSUMER;
        List<OffsetForLeaderEpochResponse.Topic> topics = new ArrayList<>();
        for (OffsetForLeaderEpochRequest.Topic topic : request.topics()) {
            topics.add(new OffsetForLeaderEpochResponse.Topic(
                    topic.topic(),
                    topic.partitions().stream()
                            .map(asked -> answer(topic.topic(), asked, consumer))
                            .toList()));
        }
        call.answer(new OffsetForLeaderEpochResponse(0, topics));
    }

    private OffsetForLeaderEpochResponse.Partition answer(
            String topic, OffsetForLeaderEpochRequest.Partition asked, boolean consumer) {
        Partition partition = partitions.find(topic, asked.partition());
        if (partition == null) {
            return answer(asked, partitions.errorOfMissing(topic, asked.partition()), NONE);
        }
        return partition
                .leadershipIn(asked.currentLeaderEpoch())
                .map(leader -> answer(asked, leader, consumer), error -> answer(asked, error, NONE));
    }

    private static OffsetForLeaderEpochResponse.Partition answer(
            OffsetForLeaderEpochRequest.Partition asked, Leader leader, boolean consumer) {
        EpochEnd end = endOf(leader, asked.leaderEpoch());
        long highWatermark = leader.log().highWatermark();
        if (!consumer || end.endOffset() <= highWatermark) {
            return answer(asked, ErrorCode.NONE, end);
        }
        return leader.latestOffset().isEmpty()
                ? answer(asked, ErrorCode.OFFSET_NOT_AVAILABLE, NONE)
                : answer(asked, ErrorCode.NONE, new EpochEnd(end.epoch(), highWatermark));
    }

    /**
     * The end of an epoch as Apache Kafka defines it. A future epoch has none. An epoch whose records have all been deleted ends
     * where the log's first epoch starts, since nothing was truncated.
     */
    private static EpochEnd endOf(Leader leader, int epoch) {
        if (epoch < 0 || epoch > leader.leaderEpoch()) {
            return NONE;
        }
        EpochEnd end = leader.endOf(epoch);
        return end.epoch() == LeaderEpochs.UNKNOWN ? new EpochEnd(epoch, end.endOffset()) : end;
    }

    private static OffsetForLeaderEpochResponse.Partition answer(
            OffsetForLeaderEpochRequest.Partition asked, ErrorCode error, EpochEnd end) {
        return new OffsetForLeaderEpochResponse.Partition(error, asked.partition(), end.epoch(), end.endOffset());
    }
}
