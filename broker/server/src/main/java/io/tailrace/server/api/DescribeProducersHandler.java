package io.tailrace.server.api;

import io.tailrace.log.ActiveProducer;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeProducersRequest;
import io.tailrace.protocol.message.DescribeProducersResponse;
import io.tailrace.replication.Replica;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Describes the idempotent producers of partitions that this broker leads, and their open transactions (KIP-664). */
public final class DescribeProducersHandler
        implements RequestHandler<DescribeProducersRequest, DescribeProducersResponse> {
    private final Partitions partitions;

    /** Answers for these partitions. */
    public DescribeProducersHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_PRODUCERS;
    }

    @Override
    public void handle(DescribeProducersRequest request, Call<DescribeProducersResponse> call) {
        SeenPartitions<String> seen = new SeenPartitions<>();
        call.answer(new DescribeProducersResponse(
                0,
                request.topics().stream()
                        .map(topic -> new DescribeProducersResponse.Topic(
                                topic.name(),
                                topic.partitionIndexes().stream()
                                        .map(index -> describe(topic.name(), index, seen.add(topic.name(), index)))
                                        .toList()))
                        .toList()));
    }

    private DescribeProducersResponse.Partition describe(String topic, int index, boolean isNew) {
        Partition partition = partitions.find(topic, index);
        ErrorCode error = isNew ? error(partition, topic, index) : ErrorCode.INVALID_REQUEST;
        List<DescribeProducersResponse.Producer> producers = partition == null || error != ErrorCode.NONE
                ? List.of()
                : partition.producers().stream()
                        .map(DescribeProducersHandler::described)
                        .toList();
        return new DescribeProducersResponse.Partition(index, error, null, producers);
    }

    private ErrorCode error(@Nullable Partition partition, String topic, int index) {
        return partition == null
                ? partitions.errorOfMissing(topic, index)
                : partition.leadershipIn(Replica.ANY_EPOCH).map(leader -> ErrorCode.NONE, refusal -> refusal);
    }

    private static DescribeProducersResponse.Producer described(ActiveProducer producer) {
        return new DescribeProducersResponse.Producer(
                producer.producerId(),
                producer.epoch(),
                producer.lastSequence(),
                producer.lastSeenMs(),
                producer.coordinatorEpoch(),
                producer.transactionFrom());
    }
}
