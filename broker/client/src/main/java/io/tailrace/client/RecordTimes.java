package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.record.CorruptBatchException;
import io.tailrace.protocol.record.Decompressor;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatches;
import io.tailrace.protocol.record.RecordCursor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Reads the timestamps of single records. A request returns at least one batch, so each round makes progress; partitions for
 * which an answer had no room are asked for again.
 */
final class RecordTimes {
    private static final int BATCH_BYTES_MAX = 1 << 20;
    private static final int DECOMPRESSED_BYTES_MAX = 64 << 20;

    private final Network network;
    private final MetadataSnapshot leaders;
    private final int timeoutMs;

    RecordTimes(Network network, MetadataSnapshot leaders, int timeoutMs) {
        this.network = network;
        this.leaders = leaders;
        this.timeoutMs = timeoutMs;
    }

    /** One round: the timestamps that one request to each leader returned. Leaders that fail are left out. */
    CompletableFuture<Map<TopicPartition, OptionalLong>> read(Map<TopicPartition, Long> offsets) {
        Map<InetSocketAddress, Map<TopicPartition, Long>> byLeader = new LinkedHashMap<>();
        offsets.forEach((partition, offset) -> {
            MetadataSnapshot.Leader leader = leaders.leader(partition);
            if (leader != null && leader.address() != null) {
                byLeader.computeIfAbsent(leader.address(), broker -> new LinkedHashMap<>())
                        .put(partition, offset);
            }
        });
        List<CompletableFuture<Map<TopicPartition, OptionalLong>>> answers = new ArrayList<>();
        byLeader.forEach((broker, partitions) -> answers.add(network.send(broker, request(partitions), timeoutMs)
                .handle((answer, failure) -> failure == null ? timestamps(answer, partitions) : Map.of())));
        return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> {
                    Map<TopicPartition, OptionalLong> found = new HashMap<>();
                    answers.forEach(each -> found.putAll(each.join()));
                    return found;
                });
    }

    private static FetchRequest request(Map<TopicPartition, Long> offsets) {
        Map<String, List<FetchRequest.Partition>> topics = new LinkedHashMap<>();
        offsets.forEach((partition, offset) -> topics.computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                .add(new FetchRequest.Partition(partition.partition(), -1, offset, -1, -1, BATCH_BYTES_MAX)));
        List<FetchRequest.Topic> body = new ArrayList<>();
        topics.forEach((topic, partitions) -> body.add(new FetchRequest.Topic(topic, partitions)));
        return new FetchRequest(FetchRequest.CONSUMER, 0, 0, BATCH_BYTES_MAX, body);
    }

    private static Map<TopicPartition, OptionalLong> timestamps(
            FetchResponse answer, Map<TopicPartition, Long> offsets) {
        Map<TopicPartition, OptionalLong> found = new HashMap<>();
        for (FetchResponse.Topic topic : answer.topics()) {
            for (FetchResponse.Partition each : topic.partitions()) {
                TopicPartition partition = new TopicPartition(topic.topic(), each.partitionIndex());
                Long offset = offsets.get(partition);
                RecordsPayload records = each.records();
                if (offset == null) {
                    continue;
                }
                if (records != null && records.buffer().hasRemaining()) {
                    found.put(partition, firstTimestamp(records, offset));
                } else if (each.errorCode() != ErrorCode.NONE || each.highWatermark() <= offset) {
                    found.put(partition, OptionalLong.empty());
                }
            }
        }
        return found;
    }

    private static OptionalLong firstTimestamp(RecordsPayload records, long offset) {
        Decompressor decompressor = new Decompressor(DECOMPRESSED_BYTES_MAX);
        try {
            for (RecordBatch batch : RecordBatches.of(records.buffer())) {
                RecordCursor cursor = RecordCursor.of(batch, decompressor);
                while (cursor.next()) {
                    if (cursor.offset() >= offset) {
                        return OptionalLong.of(cursor.timestampMs());
                    }
                }
            }
        } catch (CorruptBatchException ignored) {
            // The timestamp of this partition is not known.
        }
        return OptionalLong.empty();
    }
}
