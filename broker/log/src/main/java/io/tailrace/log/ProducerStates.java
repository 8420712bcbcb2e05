package io.tailrace.log;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.record.RecordBatch;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The idempotent producers of a log (KIP-98): drops duplicates, refuses gaps and old epochs.
 *
 * <p>An unknown producer may start at any sequence: its state may have expired, or gone with retention. Time is that of
 * arrival and not of the records, which may be years old when a backlog is loaded. Guarded by the append lock.
 */
final class ProducerStates {
    /** Those that were silent longest come first. */
    private final Map<Long, ProducerEntry> producers = new LinkedHashMap<>(16, 0.75f, true);

    private final int countMax;

    /**
     * Knows no producer yet.
     *
     * @param countMax how many are remembered; beyond that the one that was silent longest is forgotten
     */
    ProducerStates(int countMax) {
        this.countMax = countMax;
    }

    /**
     * Decides about a batch before it is appended.
     *
     * @return null to append it
     */
    @Nullable
    AppendResult judge(RecordBatch batch, long logStartOffset) {
        if (!batch.hasProducerId()) {
            return null;
        }
        ProducerEntry producer = producers.get(batch.producerId());
        if (producer == null) {
            return null;
        }
        if (batch.producerEpoch() < producer.epoch()) {
            return new AppendResult.Refused(
                    ErrorCode.INVALID_PRODUCER_EPOCH,
                    "producer %d: epoch is %d, batch has %d"
                            .formatted(batch.producerId(), producer.epoch(), batch.producerEpoch()));
        }
        ProducerBatch duplicate = producer.duplicateOf(batch);
        if (duplicate != null) {
            return new AppendResult.Duplicate(duplicate.baseOffset(), duplicate.lastOffset() + 1, logStartOffset);
        }
        int expected = expectedSequence(producer, batch.producerEpoch());
        if (batch.baseSequence() != expected) {
            return new AppendResult.Refused(
                    ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                    "producer %d epoch %d: expected sequence %d, batch starts at %d"
                            .formatted(batch.producerId(), batch.producerEpoch(), expected, batch.baseSequence()));
        }
        return null;
    }

    private static int expectedSequence(ProducerEntry producer, short epoch) {
        ProducerBatch last = producer.lastBatch();
        return epoch != producer.epoch() || last == null ? 0 : RecordBatch.sequenceAfter(last.lastSequence(), 1);
    }

    /** Takes note of a batch that is in the log now. */
    void add(ProducerBatch batch, long nowMs) {
        producers
                .computeIfAbsent(batch.producerId(), id -> new ProducerEntry(id, batch.producerEpoch(), nowMs))
                .add(batch, nowMs);
        forgetSurplus();
    }

    private void forgetSurplus() {
        Iterator<Long> longestSilent = producers.keySet().iterator();
        while (producers.size() > countMax) {
            longestSilent.next();
            longestSilent.remove();
        }
    }

    /** Takes over what a snapshot holds. */
    void restore(Collection<ProducerEntry> entries) {
        entries.forEach(entry -> producers.put(entry.producerId(), entry));
        forgetSurplus();
    }

    void clear() {
        producers.clear();
    }

    /** Forgets the producers that have been silent for so long. */
    void expire(long nowMs, long expirationMs) {
        producers.values().removeIf(producer -> nowMs - producer.lastSeenMs() >= expirationMs);
    }

    Collection<ProducerEntry> entries() {
        return producers.values();
    }

    @Override
    public String toString() {
        return producers.values().toString();
    }
}
