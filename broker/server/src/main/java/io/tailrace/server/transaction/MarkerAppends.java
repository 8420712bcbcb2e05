package io.tailrace.server.transaction;

import io.tailrace.log.AppendResult;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.group.OffsetsTopic;
import io.tailrace.protocol.message.WriteTxnMarkersRequest;
import io.tailrace.protocol.message.WriteTxnMarkersResponse;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.replication.Replica;
import io.tailrace.server.partition.AckWaiter;
import io.tailrace.server.partition.Append;
import io.tailrace.server.partition.LeaderWrite;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Writes markers to partitions that this broker leads, and waits until they are committed. Thread-safe.
 *
 * <p>Markers in {@code __consumer_offsets} go through the shards of groups, which make the transaction's offsets visible.
 *
 * <p>A marker that takes too long to be committed stays in the log. It is answered with {@code REQUEST_TIMED_OUT}; the coordinator then
 * repeats it, which writes nothing and waits again.
 */
public final class MarkerAppends {
    private static final byte RAISES_EPOCH_SINCE = 2;

    private final Partitions partitions;
    private final OffsetMarkers offsets;
    private final Executor cleanUp;
    private final long waitMsMax;

    /**
     * Writes to these partitions.
     *
     * @param offsets writes those in {@code __consumer_offsets}
     * @param cleanUp removes waits that have ended; may block
     * @param waitMsMax how long a marker may take to be committed
     */
    MarkerAppends(Partitions partitions, OffsetMarkers offsets, Executor cleanUp, long waitMsMax) {
        this.partitions = partitions;
        this.offsets = offsets;
        this.cleanUp = cleanUp;
        this.waitMsMax = waitMsMax;
    }

    /** Writes markers to partitions of {@code __consumer_offsets}. */
    interface OffsetMarkers {
        /** Writes a marker. {@code answer} gets the error of the partition, once the marker is committed. */
        void write(int partition, EndTransactionMarker marker, boolean raisesEpoch, Consumer<ErrorCode> answer);
    }

    /**
     * Writes markers. Appends at once, as Produce does.
     *
     * @param answer gets the results, on any thread; must not block
     */
    public void write(WriteTxnMarkersRequest request, Consumer<WriteTxnMarkersResponse> answer) {
        List<CompletableFuture<ErrorCode>> results = new ArrayList<>();
        for (WriteTxnMarkersRequest.Marker marker : request.markers()) {
            for (WriteTxnMarkersRequest.Topic topic : marker.topics()) {
                topic.partitionIndexes().forEach(index -> results.add(write(marker, topic.name(), index)));
            }
        }
        var unused = CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .thenRun(() -> answer.accept(answer(
                        request, results.stream().map(CompletableFuture::join).toList())));
    }

    private CompletableFuture<ErrorCode> write(WriteTxnMarkersRequest.Marker marker, String topic, int index) {
        Partition partition = partitions.find(topic, index);
        if (partition == null) {
            return CompletableFuture.completedFuture(partitions.errorOfMissing(topic, index));
        }
        EndTransactionMarker written = new EndTransactionMarker(
                marker.producerId(), marker.producerEpoch(), marker.transactionResult(), marker.coordinatorEpoch());
        boolean raisesEpoch = marker.transactionVersion() >= RAISES_EPOCH_SINCE;
        if (topic.equals(OffsetsTopic.NAME)) {
            CompletableFuture<ErrorCode> committed = new CompletableFuture<>();
            offsets.write(index, written, raisesEpoch, committed::complete);
            return committed.completeOnTimeout(ErrorCode.REQUEST_TIMED_OUT, waitMsMax, TimeUnit.MILLISECONDS);
        }
        Append append = partition.append(new LeaderWrite.Marker(written, raisesEpoch), Replica.ANY_EPOCH, true);
        AppendResult result = append.result();
        if (result instanceof AppendResult.Appended appended) {
            return committed(partition, append, appended.nextOffset());
        }
        if (result instanceof AppendResult.Duplicate earlier) {
            return committed(partition, append, earlier.nextOffset());
        }
        return CompletableFuture.completedFuture(
                result instanceof AppendResult.Refused refused ? refused.error() : ErrorCode.UNKNOWN_SERVER_ERROR);
    }

    private CompletableFuture<ErrorCode> committed(Partition partition, Append append, long nextOffset) {
        CompletableFuture<ErrorCode> onDisk = partition
                .durable(nextOffset)
                .handle((done, failure) -> failure == null ? ErrorCode.NONE : ErrorCode.KAFKA_STORAGE_ERROR);
        CompletableFuture<ErrorCode> replicated =
                append.acknowledged() ? CompletableFuture.completedFuture(ErrorCode.NONE) : new CompletableFuture<>();
        CompletableFuture<ErrorCode> both = replicated
                .thenCombine(onDisk, (acks, disk) -> acks == ErrorCode.NONE ? disk : acks)
                .completeOnTimeout(ErrorCode.REQUEST_TIMED_OUT, waitMsMax, TimeUnit.MILLISECONDS);
        if (!append.acknowledged()) {
            AckWaiter waiter = replicated::complete;
            partition.awaitAcks(nextOffset, append.leaderEpoch(), waiter);
            var unused = both.thenAccept(error -> {
                if (error == ErrorCode.REQUEST_TIMED_OUT) {
                    cleanUp.execute(() -> partition.cancel(waiter));
                }
            });
        }
        return both;
    }

    private static WriteTxnMarkersResponse answer(WriteTxnMarkersRequest request, List<ErrorCode> results) {
        var next = results.iterator();
        return new WriteTxnMarkersResponse(request.markers().stream()
                .map(marker -> new WriteTxnMarkersResponse.Marker(
                        marker.producerId(),
                        marker.topics().stream()
                                .map(topic -> new WriteTxnMarkersResponse.Topic(
                                        topic.name(),
                                        topic.partitionIndexes().stream()
                                                .map(index -> new WriteTxnMarkersResponse.Partition(index, next.next()))
                                                .toList()))
                                .toList()))
                .toList());
    }

    /** The error for a partition in an answer. */
    static ErrorCode errorOf(WriteTxnMarkersResponse.Marker answer, TopicPartition partition) {
        return answer.topics().stream()
                .filter(topic -> topic.name().equals(partition.topic()))
                .flatMap(topic -> topic.partitions().stream())
                .filter(result -> result.partitionIndex() == partition.partition())
                .map(WriteTxnMarkersResponse.Partition::errorCode)
                .findFirst()
                .orElse(ErrorCode.UNKNOWN_SERVER_ERROR);
    }
}
