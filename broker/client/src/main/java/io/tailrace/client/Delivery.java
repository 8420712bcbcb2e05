package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.record.Decompressor;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordCursor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Handles the outcome of each batch: acknowledges, retries, splits or fails it.
 *
 * <p>When a batch fails, the broker refuses the sequence numbers of the batches behind it; they are then sent under a new
 * epoch ({@link PartitionQueue#restartSequence}). For one thread.
 */
final class Delivery {
    private final ProducerConfig config;
    private final Accumulator accumulator;
    private final Metadata metadata;
    private final ProducerIdentity identity;
    private final @Nullable Transactions transactions;
    private final Backoff backoff;
    private final GonePartitions gone;

    Delivery(
            ProducerConfig config,
            Accumulator accumulator,
            Metadata metadata,
            ProducerIdentity identity,
            @Nullable Transactions transactions,
            Backoff backoff) {
        this.config = config;
        this.accumulator = accumulator;
        this.metadata = metadata;
        this.identity = identity;
        this.transactions = transactions;
        this.backoff = backoff;
        this.gone = new GonePartitions(metadata);
    }

    /** Handles the response to a batch, which is no longer in flight. */
    void handle(Sender.InFlightBatch flight, ProduceResponse.Partition answer, long nowMs) {
        PartitionQueue queue = flight.queue();
        PendingBatch batch = flight.batch();
        ErrorCode error = answer.errorCode();
        ClientException end = transactions == null ? null : endInTransaction(queue, batch, error);
        if (end != null) {
            queue.remove(batch);
            fail(batch, end);
            return;
        }
        switch (error) {
            case NONE -> acknowledge(flight, answer.baseOffset(), answer.logAppendTimeMs());
            // The batch is in the log, but the broker no longer knows its offset.
            case DUPLICATE_SEQUENCE_NUMBER -> acknowledge(flight, -1, -1);
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE -> splitOrFail(flight, error);
            case OUT_OF_ORDER_SEQUENCE_NUMBER, UNKNOWN_PRODUCER_ID, INVALID_PRODUCER_EPOCH -> {
                restartIfAlone(queue, batch, error);
                retry(flight, error, nowMs);
            }
            default -> {
                if (error.retriable()) {
                    retry(flight, error, nowMs);
                } else {
                    queue.remove(batch);
                    fail(batch, refused(queue, batch, answer));
                }
            }
        }
    }

    /**
     * Why a batch of a transaction is not sent again; null if it is, or if other rules apply. A transaction's epoch is its coordinator's:
     * a sequence that the broker does not accept cannot be restarted under the next one. Only a gap can be {@linkplain #closeGap closed}.
     */
    private @Nullable ClientException endInTransaction(PartitionQueue queue, PendingBatch batch, ErrorCode error) {
        if (error == ErrorCode.NONE || error == ErrorCode.DUPLICATE_SEQUENCE_NUMBER) {
            return null;
        }
        ClientException end = endOfSending();
        if (end != null) {
            return end;
        }
        boolean isFinal =
                switch (error) {
                    case OUT_OF_ORDER_SEQUENCE_NUMBER -> queue.isAlone(batch) && !queue.hasGap();
                    case UNKNOWN_PRODUCER_ID, INVALID_PRODUCER_EPOCH -> true;
                    default -> false;
                };
        return isFinal
                ? new ClientException(
                        error,
                        queue.topicPartition() + ": batch of " + batch.recordCount() + " records of a transaction: "
                                + error)
                : null;
    }

    private @Nullable ClientException endOfSending() {
        return transactions == null ? null : transactions.endOfSending();
    }

    /** Fails all batches that are not in flight if nothing of the transaction will be sent any more. */
    void dropUnsent() {
        ClientException why = endOfSending();
        if (why == null) {
            return;
        }
        for (PartitionQueue queue : accumulator.queues()) {
            for (PendingBatch batch : queue.snapshot()) {
                if (!batch.isInFlight()) {
                    queue.remove(batch);
                    fail(batch, why);
                }
            }
        }
    }

    /** Closes a gap that a refused batch of a transaction has left. Returns whether there is none any more. */
    boolean closeGap(PartitionQueue queue) {
        if (queue.hasGap() && !queue.isInFlight()) {
            failUnanswered(queue, queue.behindGap());
            queue.closeGap();
        }
        return !queue.hasGap();
    }

    private static ClientException refused(PartitionQueue queue, PendingBatch batch, ProduceResponse.Partition answer) {
        return new RecordsRefusedException(
                answer.errorCode(),
                queue.topicPartition() + ": batch of " + batch.recordCount() + " records was refused: "
                        + answer.errorCode() + (answer.errorMessage() == null ? "" : ", " + answer.errorMessage()),
                answer.recordErrors().stream()
                        .map(ProduceResponse.RecordError::batchIndex)
                        .toList());
    }

    private void acknowledge(Sender.InFlightBatch flight, long baseOffset, long logAppendTimeMs) {
        flight.queue().acknowledged(flight.batch());
        if (!flight.batch().isDone()) {
            accumulator.release(flight.batch().reservedBytes());
            flight.batch().succeed(baseOffset, logAppendTimeMs);
        }
    }

    private void restartIfAlone(PartitionQueue queue, PendingBatch batch, ErrorCode error) {
        if (!config.idempotent() || transactions != null || !queue.isAlone(batch)) {
            return;
        }
        restart(queue, error == ErrorCode.INVALID_PRODUCER_EPOCH);
        failUnanswered(queue, queue.snapshot());
    }

    private void restart(PartitionQueue queue, boolean isFenced) {
        if (isFenced || queue.isEpochExhausted()) {
            identity.renew(queue.producerId());
            queue.restartUnderNewId();
        } else {
            queue.restartSequence();
        }
    }

    /**
     * Fails batches that may still be on their way in an unanswered request. The broker accepts such a request even now if the
     * requests before it arrive first, so sending the batch under another epoch or number could write its records twice.
     */
    private void failUnanswered(PartitionQueue queue, List<PendingBatch> batches) {
        for (PendingBatch batch : batches) {
            if (batch.isUnanswered()) {
                queue.remove(batch);
                fail(
                        batch,
                        new ClientException(
                                ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                                queue.topicPartition() + ": batch of " + batch.recordCount()
                                        + " records may or may not be written: a request with it got no answer, and"
                                        + " records before it have failed"));
            }
        }
    }

    private void retry(Sender.InFlightBatch flight, ErrorCode error, long nowMs) {
        PendingBatch batch = flight.batch();
        if (batch.isDone()) {
            flight.queue().remove(batch);
            return;
        }
        long pauseMs = backoff.pauseMs(batch.attempts());
        if (error == ErrorCode.CONCURRENT_TRANSACTIONS) {
            batch.retryAt(nowMs + Math.min(pauseMs, CoordinatorCall.CONCURRENT_TRANSACTIONS_PAUSE_MS), error);
            return;
        }
        batch.retryAt(nowMs + pauseMs, error);
        if (error == ErrorCode.NOT_LEADER_OR_FOLLOWER || error == ErrorCode.FENCED_LEADER_EPOCH) {
            flight.queue().markLeaderStale(nowMs);
        }
        metadata.requestRefresh();
    }

    private void splitOrFail(Sender.InFlightBatch flight, ErrorCode error) {
        PartitionQueue queue = flight.queue();
        PendingBatch batch = flight.batch();
        if (batch.recordCount() > 1 && !batch.isBlock() && !batch.isDone()) {
            List<PendingBatch> parts = batch.split(config, parse(batch), queue.producerId(), queue.epoch());
            queue.replace(batch, parts);
            return;
        }
        queue.remove(batch);
        int bytes = batch.encoded().remaining();
        String records = batch.recordCount() == 1 ? "one record" : batch.recordCount() + " records";
        fail(
                batch,
                new RecordsRefusedException(
                        error,
                        queue.topicPartition() + ": a batch of " + records + " is " + bytes
                                + " bytes, larger than the topic's max.message.bytes",
                        List.of()));
    }

    private static List<PendingBatch.ParsedRecord> parse(PendingBatch batch) {
        List<PendingBatch.ParsedRecord> records = new ArrayList<>();
        RecordCursor cursor =
                RecordCursor.of(RecordBatch.at(batch.encoded().duplicate()), new Decompressor(Integer.MAX_VALUE));
        while (cursor.next()) {
            records.add(new PendingBatch.ParsedRecord(
                    cursor.timestampMs(), cursor.keyCopy(), cursor.valueCopy(), cursor.headers()));
        }
        return records;
    }

    /**
     * Fails the batches of partitions that are gone, once none is in flight. Later ones begin a new sequence: the partition may come
     * back, and know nothing of the old one or all of it.
     */
    void failGone() {
        for (PartitionQueue queue : accumulator.queues()) {
            TopicPartition partition = queue.topicPartition();
            if (queue.isEmpty()) {
                gone.forget(partition);
            } else if (gone.isGone(partition) && !queue.isInFlight()) {
                gone.forget(partition);
                ClientException why = gone.failure(partition);
                for (PendingBatch batch : queue.snapshot()) {
                    queue.remove(batch);
                    fail(batch, why);
                }
                if (config.idempotent() && transactions == null) {
                    restart(queue, false);
                }
            }
        }
    }

    /** Fails batches older than the delivery timeout. One in flight keeps its place in the queue until it is answered. */
    void expire(long nowMs) {
        if (config.deliveryTimeoutMs() == ProducerConfig.NO_DELIVERY_TIMEOUT) {
            return;
        }
        for (PartitionQueue queue : accumulator.queues()) {
            for (PendingBatch batch : queue.snapshot()) {
                if (nowMs - batch.createdMs() < config.deliveryTimeoutMs()) {
                    break;
                }
                if (!batch.isInFlight()) {
                    queue.remove(batch);
                }
                fail(batch, expired(queue.topicPartition(), batch));
            }
        }
    }

    private ClientException expired(TopicPartition partition, PendingBatch batch) {
        String last = batch.attempts() == 0
                ? "never sent: no leader was known, or earlier batches were still unacknowledged"
                : "last error: " + batch.lastError();
        return new ClientException(
                ErrorCode.REQUEST_TIMED_OUT,
                partition + ": batch of " + batch.recordCount()
                        + " records was not acknowledged within delivery.timeout.ms (" + config.deliveryTimeoutMs()
                        + "), " + batch.attempts() + " attempts; " + last);
    }

    /** The time at which the next batch expires, if none is acknowledged before. */
    long nextExpiryMs(long nowMs) {
        long nextMs = Long.MAX_VALUE;
        if (config.deliveryTimeoutMs() == ProducerConfig.NO_DELIVERY_TIMEOUT) {
            return nextMs;
        }
        for (PartitionQueue queue : accumulator.queues()) {
            long oldestMs = queue.oldestLiveMs();
            if (oldestMs != Long.MAX_VALUE) {
                nextMs = Math.min(nextMs, Math.max(nowMs, oldestMs + config.deliveryTimeoutMs()));
            }
        }
        return nextMs;
    }

    /** Fails a batch's futures and frees its memory, unless it is already done. */
    void fail(PendingBatch batch, ClientException why) {
        if (!batch.isDone()) {
            accumulator.release(batch.reservedBytes());
            if (transactions != null) {
                transactions.recordsFailed(why, !batch.mayBeWritten());
            }
            batch.fail(why);
        }
    }
}
