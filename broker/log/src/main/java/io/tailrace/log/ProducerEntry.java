package io.tailrace.log;

import io.tailrace.protocol.record.RecordBatch;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of one idempotent producer: its epoch, its last batches, and its transaction. Guarded by the append lock.
 *
 * <p>A producer has five batches in flight to a broker. When leadership moves, it can send five more to the new leader while the
 * first five wait for the former one, and repeats those afterwards. So ten batches are remembered. Kafka remembers five: it keeps
 * refusing the oldest repetition as out of order, and the producer sends nothing to the partition until its delivery timeout.
 */
final class ProducerEntry {
    static final int BATCHES_MAX = 10;
    /** The coordinator's epoch before the first marker. */
    static final int NO_COORDINATOR_EPOCH = -1;
    /** The first offset of a transaction that is not open. */
    static final long NO_TRANSACTION = -1;
    /** The offset of a marker that has not been seen. */
    static final long NO_MARKER = -1;

    private final long producerId;
    private final ArrayDeque<ProducerBatchMetadata> batches = new ArrayDeque<>(BATCHES_MAX + 1);
    private short epoch;
    private long lastSeenMs;
    private int coordinatorEpoch = NO_COORDINATOR_EPOCH;
    private long transactionFrom = NO_TRANSACTION;
    /** Not stored, as is whether the epoch began with a marker, so that its first batch has sequence 0. */
    private long markerOffset = NO_MARKER;

    private boolean beganWithMarker;

    ProducerEntry(long producerId, short epoch, long lastSeenMs) {
        this.producerId = producerId;
        this.epoch = epoch;
        this.lastSeenMs = lastSeenMs;
    }

    long producerId() {
        return producerId;
    }

    short epoch() {
        return epoch;
    }

    long lastSeenMs() {
        return lastSeenMs;
    }

    /** The last batches with sequences, oldest first. Those of a coordinator have none. */
    Iterable<ProducerBatchMetadata> batches() {
        return batches;
    }

    int batchCount() {
        return batches.size();
    }

    @Nullable
    ProducerBatchMetadata lastBatch() {
        return batches.peekLast();
    }

    /** The greatest epoch of a coordinator that has ended a transaction, or {@link #NO_COORDINATOR_EPOCH}. */
    int coordinatorEpoch() {
        return coordinatorEpoch;
    }

    /** The first offset of the open transaction, or {@link #NO_TRANSACTION}. */
    long transactionFrom() {
        return transactionFrom;
    }

    boolean isInTransaction() {
        return transactionFrom != NO_TRANSACTION;
    }

    /** The offset of the last marker since the log was opened or truncated, or {@link #NO_MARKER}. */
    long markerOffset() {
        return markerOffset;
    }

    /** Whether a marker has begun the epoch, as with transaction version 2, and no batch of it is known yet. */
    boolean beganWithMarker() {
        return beganWithMarker && batches.isEmpty();
    }

    /** Sets the transaction as a snapshot has it. */
    void restoreTransaction(int itsCoordinatorEpoch, long from) {
        coordinatorEpoch = itsCoordinatorEpoch;
        transactionFrom = from;
    }

    void beginTransaction(long from) {
        transactionFrom = from;
    }

    /** A marker ends the transaction, if one is open. Its epoch counts from now on. */
    void endTransaction(short markerEpoch, int markerCoordinatorEpoch, long offset, long nowMs) {
        beganWithMarker |= markerEpoch != epoch;
        enter(markerEpoch);
        coordinatorEpoch = Math.max(coordinatorEpoch, markerCoordinatorEpoch);
        transactionFrom = NO_TRANSACTION;
        markerOffset = offset;
        lastSeenMs = Math.max(lastSeenMs, nowMs);
    }

    private void enter(short newEpoch) {
        if (newEpoch != epoch) {
            batches.clear();
            epoch = newEpoch;
        }
    }

    void add(ProducerBatchMetadata batch, long nowMs) {
        enter(batch.producerEpoch());
        if (batch.firstSequence() != RecordBatch.NO_SEQUENCE) {
            batches.addLast(batch);
        }
        if (batches.size() > BATCHES_MAX) {
            batches.removeFirst();
        }
        lastSeenMs = Math.max(lastSeenMs, nowMs);
    }

    /** The earlier append of a batch, if it is among the last ones, or null. */
    @Nullable
    ProducerBatchMetadata duplicateOf(RecordBatch batch) {
        if (batch.producerEpoch() != epoch) {
            return null;
        }
        int first = batch.baseSequence();
        int last = batch.lastSequence();
        for (ProducerBatchMetadata known : batches) {
            if (known.hasSequences(first, last)) {
                return known;
            }
        }
        return null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ProducerEntry that
                && producerId == that.producerId
                && epoch == that.epoch
                && coordinatorEpoch == that.coordinatorEpoch
                && transactionFrom == that.transactionFrom
                && List.copyOf(batches).equals(List.copyOf(that.batches));
    }

    @Override
    public int hashCode() {
        return Objects.hash(producerId, epoch);
    }

    @Override
    public String toString() {
        return "producer " + producerId + " epoch " + epoch + " " + batches
                + (isInTransaction() ? " in a transaction from " + transactionFrom : "");
    }
}
