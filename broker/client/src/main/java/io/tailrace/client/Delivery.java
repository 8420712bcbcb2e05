package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.Decompressor;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordCursor;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges what became of each batch: acknowledged, to be sent again in its place, to be split, or failed.
 *
 * <p>Where a batch fails, the broker will refuse the sequence of those behind it; they then start a new epoch
 * ({@link PartitionQueue#restartSequence}). One thread's.
 */
final class Delivery {
    private final ProducerConfig config;
    private final CompressionType compression;
    private final Accumulator accumulator;
    private final Metadata metadata;
    private final ProducerIdentity identity;
    private final Backoff backoff;

    Delivery(
            ProducerConfig config,
            Accumulator accumulator,
            Metadata metadata,
            ProducerIdentity identity,
            Backoff backoff) {
        this.config = config;
        this.compression = config.compression();
        this.accumulator = accumulator;
        this.metadata = metadata;
        this.identity = identity;
        this.backoff = backoff;
    }

    /** Acts on the answer to a batch that is not in flight any more. */
    void judge(Sender.Flight flight, ProduceResponse.Partition answer, long nowMs) {
        PartitionQueue queue = flight.queue();
        ProducerBatch batch = flight.batch();
        ErrorCode error = answer.errorCode();
        switch (error) {
            case NONE -> acknowledge(flight, answer.baseOffset(), answer.logAppendTimeMs());
            // In the log, but so long ago that the broker does not remember where.
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
                    fail(
                            batch,
                            new ClientException(
                                    error,
                                    queue.topicPartition() + ": batch of " + batch.recordCount()
                                            + " records was refused: " + error
                                            + (answer.errorMessage() == null ? "" : ", " + answer.errorMessage())));
                }
            }
        }
    }

    private void acknowledge(Sender.Flight flight, long baseOffset, long logAppendTimeMs) {
        flight.queue().acknowledged(flight.batch());
        if (!flight.batch().isDone()) {
            accumulator.release(flight.batch().reservedBytes());
            flight.batch().succeed(baseOffset, logAppendTimeMs);
        }
    }

    private void restartIfAlone(PartitionQueue queue, ProducerBatch batch, ErrorCode error) {
        if (!config.idempotent() || !queue.isAlone(batch)) {
            return;
        }
        if (error == ErrorCode.INVALID_PRODUCER_EPOCH || queue.isEpochExhausted()) {
            identity.renew(queue.producerId());
            queue.restartUnderNewId();
        } else {
            queue.restartSequence();
        }
    }

    private void retry(Sender.Flight flight, ErrorCode error, long nowMs) {
        ProducerBatch batch = flight.batch();
        if (batch.isDone()) {
            flight.queue().remove(batch);
            return;
        }
        batch.retryAt(nowMs + backoff.pauseMs(batch.attempts()), error);
        if (error == ErrorCode.NOT_LEADER_OR_FOLLOWER || error == ErrorCode.FENCED_LEADER_EPOCH) {
            flight.queue().doubtLeader(nowMs);
        }
        metadata.requestRefresh();
    }

    private void splitOrFail(Sender.Flight flight, ErrorCode error) {
        PartitionQueue queue = flight.queue();
        ProducerBatch batch = flight.batch();
        if (batch.recordCount() > 1 && !batch.isDone()) {
            List<ProducerBatch> parts = batch.split(compression, parse(batch), queue.producerId(), queue.epoch());
            queue.replace(batch, parts);
            return;
        }
        queue.remove(batch);
        int bytes = batch.encoded().remaining();
        fail(
                batch,
                new ClientException(
                        error,
                        queue.topicPartition() + ": a record of " + bytes
                                + " bytes with its batch is larger than the topic's" + " max.message.bytes"));
    }

    private static List<ProducerBatch.ParsedRecord> parse(ProducerBatch batch) {
        List<ProducerBatch.ParsedRecord> records = new ArrayList<>();
        RecordCursor cursor =
                RecordCursor.of(RecordBatch.at(batch.encoded().duplicate()), new Decompressor(Integer.MAX_VALUE));
        while (cursor.next()) {
            records.add(new ProducerBatch.ParsedRecord(
                    cursor.timestampMs(), cursor.keyCopy(), cursor.valueCopy(), cursor.headers()));
        }
        return records;
    }

    /** Fails what was sent longer ago than the delivery timeout. What is in flight keeps its place until answered. */
    void expire(long nowMs) {
        for (PartitionQueue queue : accumulator.queues()) {
            for (ProducerBatch batch : queue.snapshot()) {
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

    private ClientException expired(TopicPartition partition, ProducerBatch batch) {
        String last = batch.attempts() == 0
                ? "no leader was found, or it did not get its turn"
                : "last: " + batch.lastError();
        return new ClientException(
                ErrorCode.REQUEST_TIMED_OUT,
                partition + ": batch of " + batch.recordCount()
                        + " records was not acknowledged within delivery.timeout.ms (" + config.deliveryTimeoutMs()
                        + "), " + batch.attempts() + " attempts; " + last);
    }

    /** When {@link #expire} will next find something, if nothing is acknowledged before. */
    long nextExpiryMs(long nowMs) {
        long nextMs = Long.MAX_VALUE;
        for (PartitionQueue queue : accumulator.queues()) {
            long oldestMs = queue.oldestLiveMs();
            if (oldestMs != Long.MAX_VALUE) {
                nextMs = Math.min(nextMs, Math.max(nowMs, oldestMs + config.deliveryTimeoutMs()));
            }
        }
        return nextMs;
    }

    /** Fails a batch's futures and frees its memory, unless that was done before. */
    void fail(ProducerBatch batch, ClientException why) {
        if (!batch.isDone()) {
            accumulator.release(batch.reservedBytes());
            batch.fail(why);
        }
    }
}
