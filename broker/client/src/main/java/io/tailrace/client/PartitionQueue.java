package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordHeader;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one partition that are not acknowledged, in the order of their records; the last may be open.
 *
 * <p>A batch stays in its place until it is done, in flight or not, so a retry keeps its order by itself. Several are
 * in flight only if the producer is idempotent, the broker has acknowledged one of this epoch (so that it knows which
 * sequence to expect), and none is being retried.
 *
 * <p>The list is guarded by this object's monitor, as is the open batch. Sequence and flight are the producer
 * thread's alone.
 */
final class PartitionQueue {
    private final TopicPartition topicPartition;
    private final BooleanSupplier closed;
    private final List<ProducerBatch> batches = new ArrayList<>();

    private long producerId = RecordBatch.NO_PRODUCER_ID;
    private short epoch;
    private int nextSequence;
    private boolean ackedInEpoch;
    private int inFlight;
    private @Nullable InetSocketAddress inFlightTo;
    private long leaderDoubtedMs = Long.MIN_VALUE;

    /**
     * An empty queue.
     *
     * @param closed whether records are refused; once true it stays so
     */
    PartitionQueue(TopicPartition topicPartition, BooleanSupplier closed) {
        this.topicPartition = topicPartition;
        this.closed = closed;
    }

    TopicPartition topicPartition() {
        return topicPartition;
    }

    /** A record's future, and whether the producer's thread should look at the queue now. */
    record Appended(CompletableFuture<RecordMetadata> future, boolean wake) {}

    /** Adds a record to the open batch, or to a new one. */
    synchronized Appended append(
            ProducerConfig config,
            long nowMs,
            long timestampMs,
            ProducerRecord record,
            List<RecordHeader> headers,
            int bytes) {
        if (closed.getAsBoolean()) {
            throw new ClientException(ErrorCode.NETWORK_EXCEPTION, "the producer is closed");
        }
        ProducerBatch last = batches.isEmpty() ? null : batches.get(batches.size() - 1);
        if (last != null) {
            CompletableFuture<RecordMetadata> future =
                    last.append(timestampMs, record.key(), record.value(), headers, bytes);
            if (future != null) {
                return new Appended(future, false);
            }
            last.seal();
        }
        ProducerBatch fresh = new ProducerBatch(topicPartition, config.compression(), config.batchBytesMax(), nowMs);
        CompletableFuture<RecordMetadata> future =
                fresh.append(timestampMs, record.key(), record.value(), headers, bytes);
        if (future == null) {
            throw new IllegalStateException(topicPartition + ": an empty batch takes any record");
        }
        if (fresh.estimatedBytes() >= config.batchBytesMax()) {
            fresh.seal();
        }
        batches.add(fresh);
        return new Appended(future, true);
    }

    /** The batch to send now, sealed, or null: none is ready, or what is in flight must be answered first. */
    synchronized @Nullable ProducerBatch next(long nowMs, ProducerConfig config, boolean hurry) {
        boolean retrying = false;
        for (ProducerBatch batch : batches) {
            if (batch.isInFlight()) {
                retrying |= batch.attempts() > 1;
                continue;
            }
            if (readyAtMs(batch, nowMs, config, hurry) > nowMs) {
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

    /** When {@link #next} may have a batch without anything else happening; never, if that waits for an answer. */
    synchronized long readyAtMs(long nowMs, ProducerConfig config, boolean hurry) {
        for (ProducerBatch batch : batches) {
            if (!batch.isInFlight()) {
                return inFlight > 0 && batch.attempts() > 0 ? Long.MAX_VALUE : readyAtMs(batch, nowMs, config, hurry);
            }
        }
        return Long.MAX_VALUE;
    }

    private static long readyAtMs(ProducerBatch batch, long nowMs, ProducerConfig config, boolean hurry) {
        boolean full = batch.isSealed() || hurry;
        return Math.max(batch.retryAtMs(), full ? nowMs : batch.createdMs() + config.lingerMs());
    }

    /** Gives a batch the next sequence, if it has none. */
    void assignSequence(ProducerBatch batch, long currentProducerId) {
        if (batch.hasSequence()) {
            return;
        }
        if (producerId == RecordBatch.NO_PRODUCER_ID) {
            producerId = currentProducerId;
        }
        batch.sequence(producerId, epoch, nextSequence);
        nextSequence = RecordBatch.sequenceAfter(nextSequence, batch.recordCount());
    }

    void sent(ProducerBatch batch, InetSocketAddress broker) {
        batch.sent();
        inFlight++;
        inFlightTo = broker;
    }

    void answered(ProducerBatch batch) {
        batch.answered();
        inFlight--;
    }

    /** Whether a batch may go to a broker: not while another broker's answers are outstanding. */
    boolean maySendTo(InetSocketAddress broker) {
        return inFlight == 0 || broker.equals(inFlightTo);
    }

    /** Notes that a broker has said that it does not lead the partition. */
    void doubtLeader(long nowMs) {
        leaderDoubtedMs = nowMs;
    }

    /** A leader that was heard of before then is not sent anything. */
    long leaderDoubtedMs() {
        return leaderDoubtedMs;
    }

    /** Whether the batch is the oldest, and alone in flight or not at all. */
    synchronized boolean isAlone(ProducerBatch batch) {
        return inFlight == 0 && !batches.isEmpty() && batches.get(0).equals(batch);
    }

    synchronized boolean isEmpty() {
        return batches.isEmpty();
    }

    /** Takes out a batch that was acknowledged. */
    synchronized void acknowledged(ProducerBatch batch) {
        ackedInEpoch = true;
        batches.remove(batch);
    }

    synchronized void remove(ProducerBatch batch) {
        batches.remove(batch);
    }

    synchronized List<ProducerBatch> snapshot() {
        return List.copyOf(batches);
    }

    /** Puts a batch's parts in its place. */
    synchronized void replace(ProducerBatch batch, List<ProducerBatch> parts) {
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
     * Starts the sequence anew under the next epoch, for all batches in the queue. Only when the broker has refused the
     * oldest batch's sequence with nothing in flight: then none of them is in the log, since it takes no later sequence
     * before an earlier one; and whatever may still be on its way under the old epoch will be refused.
     */
    void restartSequence() {
        epoch++;
        restart();
    }

    /** As {@link #restartSequence}, under the next producer id. */
    void restartUnderNewId() {
        producerId = RecordBatch.NO_PRODUCER_ID;
        epoch = 0;
        restart();
    }

    private synchronized void restart() {
        nextSequence = 0;
        ackedInEpoch = false;
        batches.forEach(ProducerBatch::unsequence);
    }

    /** Creation of the oldest batch whose futures wait; never, if there is none. */
    synchronized long oldestLiveMs() {
        for (ProducerBatch batch : batches) {
            if (!batch.isDone()) {
                return batch.createdMs();
            }
        }
        return Long.MAX_VALUE;
    }
}
