package io.tailrace.log;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The idempotent producers of a log and their transactions (KIP-98, KIP-890): detects duplicates, refuses gaps and old epochs.
 *
 * <p>An unknown producer may start at any sequence number, because its state may have expired. Expiry counts from arrival, not
 * from record timestamps, which may be years old when a backlog is loaded. A producer with an open transaction is never
 * forgotten. Guarded by the append lock, except for {@link #lastStableOffset}.
 */
final class ProducerStates {
    /** Least recently active first. */
    private final Map<Long, ProducerEntry> producers = new LinkedHashMap<>(16, 0.75f, true);

    private final UnstableTransactions unstable = new UnstableTransactions();
    private final int countMax;

    /**
     * Starts without producers.
     *
     * @param countMax how many without an open transaction are remembered; beyond that the least recently active one is forgotten
     */
    ProducerStates(int countMax) {
        this.countMax = countMax;
    }

    /**
     * Checks a batch of a client before it is appended.
     *
     * @param verification see {@link ReplicaLog#appendVerified}
     * @return null if it may be appended
     */
    @Nullable
    AppendResult validate(RecordBatch batch, long verification, long logStartOffset) {
        if (!batch.hasProducerId()) {
            return null;
        }
        ProducerEntry producer = producers.get(batch.producerId());
        if (producer == null) {
            return unverified(batch, ProducerEntry.NO_MARKER, verification);
        }
        if (epochsAhead(batch, producer) < 0) {
            return oldEpoch(producer, batch.producerEpoch());
        }
        ProducerBatchMetadata duplicate = producer.duplicateOf(batch);
        if (duplicate != null) {
            return new AppendResult.Duplicate(duplicate.baseOffset(), duplicate.lastOffset() + 1, logStartOffset);
        }
        AppendResult refusal = producer.isInTransaction()
                ? refusalInTransaction(producer, batch)
                : unverified(batch, producer.markerOffset(), verification);
        return refusal == null ? gap(producer, batch) : refusal;
    }

    private static int epochsAhead(RecordBatch batch, ProducerEntry producer) {
        return batch.producerEpoch() - producer.epoch();
    }

    private static AppendResult oldEpoch(ProducerEntry producer, short epoch) {
        return new AppendResult.Refused(
                ErrorCode.INVALID_PRODUCER_EPOCH,
                "producer %d: expected epoch %d or later, found %d"
                        .formatted(producer.producerId(), producer.epoch(), epoch));
    }

    private static AppendResult.@Nullable Unverified unverified(
            RecordBatch batch, long markerOffset, long verification) {
        return batch.isTransactional() && verification != markerOffset
                ? new AppendResult.Unverified(markerOffset)
                : null;
    }

    /** A batch of the next transaction may arrive before the marker of this one. The coordinator knows whether it has begun. */
    private static @Nullable AppendResult refusalInTransaction(ProducerEntry producer, RecordBatch batch) {
        if (batch.isTransactional()) {
            return epochsAhead(batch, producer) == 0 ? null : new AppendResult.Unverified(producer.markerOffset());
        }
        return new AppendResult.Refused(
                ErrorCode.INVALID_TXN_STATE,
                "producer %d: expected a batch of its open transaction in epoch %d, found one without a transaction"
                        .formatted(producer.producerId(), producer.epoch()));
    }

    private static AppendResult.@Nullable Refused gap(ProducerEntry producer, RecordBatch batch) {
        if (batch.baseSequence() == RecordBatch.NO_SEQUENCE) {
            return null; // Of a coordinator in this broker. Clients' batches are validated before.
        }
        ProducerBatchMetadata last = producer.lastBatch();
        boolean isNewEpoch = batch.producerEpoch() != producer.epoch();
        if (!isNewEpoch && last == null && !producer.beganWithMarker()) {
            // Only a marker in the epoch of the records is known: the batches before it may have been forgotten.
            return null;
        }
        int expected = isNewEpoch || last == null ? 0 : RecordBatch.sequenceAfter(last.lastSequence(), 1);
        if (batch.baseSequence() == expected) {
            return null;
        }
        return new AppendResult.Refused(
                ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                "producer %d epoch %d: expected sequence %d, batch starts at %d"
                        .formatted(batch.producerId(), batch.producerEpoch(), expected, batch.baseSequence()));
    }

    /**
     * Checks a marker before it is appended.
     *
     * @param raisesEpoch whether its epoch must be later than that of the records, as with transaction version 2
     * @param logEndOffset the log's end
     * @return null if it is to be appended; a duplicate if there is nothing that it would change
     */
    @Nullable
    AppendResult validate(EndTransactionMarker marker, boolean raisesEpoch, long logStartOffset, long logEndOffset) {
        ProducerEntry producer = producers.get(marker.producerId());
        if (producer == null) {
            return null;
        }
        if (marker.coordinatorEpoch() < producer.coordinatorEpoch()) {
            return new AppendResult.Refused(
                    ErrorCode.TRANSACTION_COORDINATOR_FENCED,
                    "producer %d: expected a marker of coordinator epoch %d or later, found %d"
                            .formatted(producer.producerId(), producer.coordinatorEpoch(), marker.coordinatorEpoch()));
        }
        boolean isSameEpoch = marker.producerEpoch() == producer.epoch();
        boolean isSameCoordinator = marker.coordinatorEpoch() == producer.coordinatorEpoch();
        boolean isLate = raisesEpoch && isSameEpoch && producer.isInTransaction();
        if (marker.producerEpoch() < producer.epoch() || isLate) {
            return oldEpoch(producer, marker.producerEpoch());
        }
        return isSameEpoch && isSameCoordinator && !producer.isInTransaction()
                ? new AppendResult.Duplicate(logEndOffset, logEndOffset, logStartOffset)
                : null;
    }

    /** Takes a batch or marker that was written, before the log's end moves. Returns the transaction that it aborted, or null. */
    @Nullable
    AbortedTransaction add(RecordBatch batch, long nowMs) {
        if (!batch.hasProducerId()) {
            return null;
        }
        if (batch.isControl()) {
            return end(EndTransactionMarker.of(batch), batch.baseOffset(), nowMs);
        }
        add(ProducerBatchMetadata.of(batch), batch.isTransactional(), nowMs);
        return null;
    }

    /** Takes the header of a batch with records. */
    void add(ProducerBatchMetadata batch, boolean isTransactional, long nowMs) {
        ProducerEntry producer = producers.computeIfAbsent(
                batch.producerId(), id -> new ProducerEntry(id, batch.producerEpoch(), nowMs));
        producer.add(batch, nowMs);
        if (isTransactional && !producer.isInTransaction()) {
            producer.beginTransaction(batch.baseOffset());
            unstable.begin(batch.baseOffset());
        }
        evictExcess();
    }

    /** Takes a marker. Returns the transaction that it aborted, or null. */
    @Nullable
    AbortedTransaction end(EndTransactionMarker marker, long offset, long nowMs) {
        ProducerEntry producer = producers.computeIfAbsent(
                marker.producerId(), id -> new ProducerEntry(id, marker.producerEpoch(), nowMs));
        long from = producer.transactionFrom();
        producer.endTransaction(marker.producerEpoch(), marker.coordinatorEpoch(), offset, nowMs);
        evictExcess();
        if (from == ProducerEntry.NO_TRANSACTION) {
            return null;
        }
        unstable.end(from, offset);
        return marker.isCommit()
                ? null
                : new AbortedTransaction(marker.producerId(), from, offset, Math.min(unstable.firstOpen(), offset + 1));
    }

    private void evictExcess() {
        if (producers.size() <= countMax) {
            return;
        }
        int excess = producers.size() - unstable.openCount() - countMax;
        Iterator<ProducerEntry> leastRecent = producers.values().iterator();
        while (excess > 0) {
            if (!leastRecent.next().isInTransaction()) {
                leastRecent.remove();
                excess--;
            }
        }
    }

    /** Adds the producers and ended transactions of a snapshot. */
    void restore(ProducerSnapshot snapshot) {
        snapshot.producers().forEach(producer -> {
            producers.put(producer.producerId(), producer);
            if (producer.isInTransaction()) {
                unstable.begin(producer.transactionFrom());
            }
        });
        snapshot.ended().forEach((marker, first) -> unstable.end(first, marker));
        evictExcess();
    }

    /** Forgets the producers that have sent nothing for {@code expirationMs}, unless they have an open transaction. */
    void expire(long nowMs, long expirationMs) {
        producers
                .values()
                .removeIf(producer -> !producer.isInTransaction() && nowMs - producer.lastSeenMs() >= expirationMs);
    }

    /** Forgets the ended transactions whose markers are below an offset that every later high watermark reaches. */
    void forgetEndedBelow(long offset) {
        unstable.forgetEndedBelow(offset);
    }

    /**
     * Where the log is decided up to (exclusive): the high watermark or, if that is lower, the first offset of a transaction
     * that is open or whose marker is at or above the high watermark. Any thread may call it.
     */
    long lastStableOffset(long highWatermark) {
        return Math.min(highWatermark, unstable.firstOffset(highWatermark));
    }

    /** The current state. */
    ProducerSnapshot snapshot() {
        return new ProducerSnapshot(producers.values(), unstable.ended());
    }

    List<ActiveProducer> active() {
        return producers.values().stream().map(ActiveProducer::of).toList();
    }

    Collection<ProducerEntry> entries() {
        return producers.values();
    }

    @Override
    public String toString() {
        return producers.values().toString();
    }
}
