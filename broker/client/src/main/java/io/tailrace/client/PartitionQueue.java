package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordHeader;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The unacknowledged batches of one partition, in the order of their records. The last batch may still be open.
 *
 * <p>A batch keeps its place until it is done, so a retry keeps the order. Several batches are in flight only if the producer is
 * idempotent, the broker has acknowledged a batch of this epoch (so it knows the next sequence number), and none is being
 * retried.
 *
 * <p>This object's monitor guards the list and the open batch. Sequence numbers and the in-flight count belong to the producer's
 * thread.
 */
final class PartitionQueue {
    private final TopicPartition topicPartition;
    private final Runnable admission;
    private final List<PendingBatch> batches = new ArrayList<>();

    private long producerId = RecordBatch.NO_PRODUCER_ID;
    private short epoch;
    private int nextSequence;
    private boolean ackedInEpoch;
    /** The first number of the first batch that was removed unacknowledged; {@link RecordBatch#NO_SEQUENCE} for none. */
    private int gapAt = RecordBatch.NO_SEQUENCE;

    private int inFlight;
    private @Nullable InetSocketAddress inFlightTo;
    private long leaderStaleSinceMs = Long.MIN_VALUE;

    /**
     * Creates an empty queue.
     *
     * @param admission throws a {@link ClientException} if records are refused
     */
    PartitionQueue(TopicPartition topicPartition, Runnable admission) {
        this.topicPartition = topicPartition;
        this.admission = admission;
    }

    TopicPartition topicPartition() {
        return topicPartition;
    }

    /** A record's future, and whether to wake the producer's thread. */
    record Appended(CompletableFuture<RecordMetadata> future, boolean wake) {}

    /** Adds a record to the open batch, or to a new one. */
    synchronized Appended append(
            ProducerConfig config,
            long nowMs,
            long timestampMs,
            ProducerRecord record,
            List<RecordHeader> headers,
            int bytes) {
        admission.run();
        PendingBatch last = batches.isEmpty() ? null : batches.get(batches.size() - 1);
        if (last != null) {
            CompletableFuture<RecordMetadata> future =
                    last.append(timestampMs, record.key(), record.value(), headers, bytes);
            if (future != null) {
                return new Appended(future, false);
            }
            last.seal();
        }
        PendingBatch fresh = new PendingBatch(topicPartition, config.batchBuilder(config.batchBytesMax()), nowMs);
        CompletableFuture<RecordMetadata> future =
                fresh.append(timestampMs, record.key(), record.value(), headers, bytes);
        if (future == null) {
            throw new IllegalStateException(topicPartition + ": an empty batch refused a record");
        }
        if (fresh.plainBytes() >= config.batchBytesMax()) {
            fresh.seal();
        }
        batches.add(fresh);
        return new Appended(future, true);
    }

    /** Adds a block behind the records that are queued. */
    synchronized void append(PendingBatch block) {
        admission.run();
        if (!batches.isEmpty()) {
            batches.get(batches.size() - 1).seal();
        }
        batches.add(block);
    }

    /** The sealed batch to send now; null if none is ready, or if the batches in flight must be answered first. */
    synchronized @Nullable PendingBatch next(long nowMs, ProducerConfig config, boolean flushing) {
        boolean retrying = false;
        for (PendingBatch batch : batches) {
            if (batch.isInFlight()) {
                retrying |= batch.attempts() > 1;
                continue;
            }
            if (readyAtMs(batch, nowMs, config, flushing) > nowMs) {
                return null;
            }
            boolean pipelined = config.idempotent()
                    && ackedInEpoch
                    && !retrying
                    && batch.attempts() == 0
                    && inFlight < config.inFlightMax();
            if (inFlight > 0 && !pipelined) {
                return null;
            }
            batch.seal();
            return batch;
        }
        return null;
    }

    /** The time at which {@link #next} has a batch, if nothing else happens; {@code Long.MAX_VALUE} if it waits for an answer. */
    synchronized long readyAtMs(long nowMs, ProducerConfig config, boolean flushing) {
        for (PendingBatch batch : batches) {
            if (!batch.isInFlight()) {
                return inFlight > 0 && batch.attempts() > 0
                        ? Long.MAX_VALUE
                        : readyAtMs(batch, nowMs, config, flushing);
            }
        }
        return Long.MAX_VALUE;
    }

    private static long readyAtMs(PendingBatch batch, long nowMs, ProducerConfig config, boolean flushing) {
        boolean full = batch.isSealed() || flushing;
        return Math.max(batch.retryAtMs(), full ? nowMs : batch.createdMs() + config.lingerMs());
    }

    /** Gives a batch the next sequence number, unless it has one. */
    void assignSequence(PendingBatch batch, long currentProducerId) {
        if (batch.hasSequence()) {
            return;
        }
        if (producerId == RecordBatch.NO_PRODUCER_ID) {
            producerId = currentProducerId;
        }
        batch.sequence(producerId, epoch, nextSequence);
        nextSequence = RecordBatch.sequenceAfter(nextSequence, batch.recordCount());
    }

    void sent(PendingBatch batch, InetSocketAddress broker) {
        batch.sent();
        inFlight++;
        inFlightTo = broker;
    }

    void answered(PendingBatch batch) {
        batch.answered();
        inFlight--;
    }

    boolean isInFlight() {
        return inFlight > 0;
    }

    /** Whether a batch may be sent to this broker: not while another broker has batches in flight. */
    boolean maySendTo(InetSocketAddress broker) {
        return inFlight == 0 || broker.equals(inFlightTo);
    }

    /** Records that a broker has answered that it does not lead the partition. */
    void markLeaderStale(long nowMs) {
        leaderStaleSinceMs = nowMs;
    }

    /** Metadata requested before this time may name the wrong leader and is not used. */
    long leaderStaleSinceMs() {
        return leaderStaleSinceMs;
    }

    /** Whether the batch is the oldest and nothing is in flight. */
    synchronized boolean isAlone(PendingBatch batch) {
        return inFlight == 0 && !batches.isEmpty() && batches.get(0).equals(batch);
    }

    synchronized boolean isEmpty() {
        return batches.isEmpty();
    }

    /** Removes an acknowledged batch. */
    synchronized void acknowledged(PendingBatch batch) {
        ackedInEpoch = true;
        batches.remove(batch);
    }

    /** Removes a batch that was not acknowledged. It may be in the log all the same, if an answer was lost. */
    synchronized void remove(PendingBatch batch) {
        if (batch.hasSequence() && (!hasGap() || !isBehindGap(batch))) {
            gapAt = batch.baseSequence();
        }
        batches.remove(batch);
    }

    /** Whether a batch with a sequence number was removed. If the broker does not have it, it refuses those behind it. */
    boolean hasGap() {
        return gapAt != RecordBatch.NO_SEQUENCE;
    }

    /** Sequence numbers wrap around. */
    private boolean isBehindGap(PendingBatch batch) {
        return batch.hasSequence() && RecordBatch.sequenceAfter(batch.baseSequence(), -gapAt) < Integer.MAX_VALUE / 2;
    }

    /** The batches whose numbers are behind the gap. Those before it may be in the log. */
    synchronized List<PendingBatch> behindGap() {
        return batches.stream().filter(this::isBehindGap).toList();
    }

    /**
     * Closes the gap in the epoch: the batches behind it get new sequence numbers. Safe only with nothing in flight, if none of them may
     * still be on its way in an unanswered request under its old number.
     */
    synchronized void closeGap() {
        behindGap().forEach(PendingBatch::clearSequence);
        nextSequence = gapAt;
        gapAt = RecordBatch.NO_SEQUENCE;
    }

    /** Makes the sequence that of a transaction's producer; a new one begins a new sequence. */
    void follow(ProducerEpoch producer) {
        if (producerId != producer.producerId() || epoch != producer.epoch()) {
            producerId = producer.producerId();
            epoch = producer.epoch();
            restart();
        }
    }

    synchronized List<PendingBatch> snapshot() {
        return List.copyOf(batches);
    }

    /** Replaces a batch by its parts. */
    synchronized void replace(PendingBatch batch, List<PendingBatch> parts) {
        int at = batches.indexOf(batch);
        batches.remove(at);
        batches.addAll(at, parts);
    }

    long producerId() {
        return producerId;
    }

    short epoch() {
        return epoch;
    }

    boolean isEpochExhausted() {
        return epoch == Short.MAX_VALUE;
    }

    /**
     * Restarts the sequence under the next epoch, for all batches in the queue. Safe only if the broker has refused the
     * oldest batch's sequence number with nothing in flight. Then none of the batches is in the log, because a broker
     * takes sequence numbers in order, and once it has a batch of the new epoch it refuses late requests of the old one.
     * Until then it may accept them, so the caller must fail batches that are {@link PendingBatch#isUnanswered
     * unanswered}.
     */
    void restartSequence() {
        epoch++;
        restart();
    }

    /** Like {@link #restartSequence}, under a new producer id. */
    void restartUnderNewId() {
        producerId = RecordBatch.NO_PRODUCER_ID;
        epoch = 0;
        restart();
    }

    private synchronized void restart() {
        nextSequence = 0;
        gapAt = RecordBatch.NO_SEQUENCE;
        ackedInEpoch = false;
        batches.forEach(PendingBatch::clearSequence);
    }

    /** The creation time of the oldest batch that is not done, or {@code Long.MAX_VALUE}. */
    synchronized long oldestLiveMs() {
        for (PendingBatch batch : batches) {
            if (!batch.isDone()) {
                return batch.createdMs();
            }
        }
        return Long.MAX_VALUE;
    }
}
