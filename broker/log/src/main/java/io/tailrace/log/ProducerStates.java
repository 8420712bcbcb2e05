package io.tailrace.log;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.record.RecordBatch;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The idempotent producers of a log (KIP-98): detects duplicates, refuses gaps and old epochs.
 *
 * <p>An unknown producer may start at any sequence number, because its state may have expired. Expiry counts from arrival, not
 * from record timestamps, which may be years old when a backlog is loaded. Guarded by the append lock.
 */
final class ProducerStates {
    /** Least recently active first. */
    private final Map<Long, ProducerEntry> producers = new LinkedHashMap<>(16, 0.75f, true);

    private final int countMax;

    /**
     * Starts without producers.
     *
     * @param countMax how many are remembered; beyond that the least recently active one is forgotten
     */
    ProducerStates(int countMax) {
        this.countMax = countMax;
    }

    /**
     * Checks a batch before it is appended.
     *
     * @return null if it may be appended
     */
    @Nullable
    AppendResult validate(RecordBatch batch, long logStartOffset) {
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
                    "producer %d: expected epoch %d or later, batch has %d"
                            .formatted(batch.producerId(), producer.epoch(), batch.producerEpoch()));
        }
        ProducerBatchMetadata duplicate = producer.duplicateOf(batch);
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
        ProducerBatchMetadata last = producer.lastBatch();
        return epoch != producer.epoch() || last == null ? 0 : RecordBatch.sequenceAfter(last.lastSequence(), 1);
    }

    /** Records a batch that was appended. */
    void add(ProducerBatchMetadata batch, long nowMs) {
        producers
                .computeIfAbsent(batch.producerId(), id -> new ProducerEntry(id, batch.producerEpoch(), nowMs))
                .add(batch, nowMs);
        evictExcess();
    }

    private void evictExcess() {
        Iterator<Long> leastRecent = producers.keySet().iterator();
        while (producers.size() > countMax) {
            leastRecent.next();
            leastRecent.remove();
        }
    }

    /** Adds the producers of a snapshot. */
    void restore(Collection<ProducerEntry> entries) {
        entries.forEach(entry -> producers.put(entry.producerId(), entry));
        evictExcess();
    }

    void clear() {
        producers.clear();
    }

    /** Forgets the producers that have sent nothing for {@code expirationMs}. */
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
