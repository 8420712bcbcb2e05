package io.tailrace.log;

import io.tailrace.protocol.record.RecordBatch;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An idempotent producer as the log knows it: its epoch and its last batches, five at most, as many as a producer may
 * have in flight. Guarded by the append lock.
 */
final class ProducerEntry {
    static final int BATCHES_MAX = 5;
    /** The value of a transactional field while there is no transaction. */
    static final int NO_COORDINATOR_EPOCH = -1;

    static final long NO_TRANSACTION = -1;

    private final long producerId;
    private final ArrayDeque<ProducerBatch> batches = new ArrayDeque<>(BATCHES_MAX + 1);
    private short epoch;
    private long lastSeenMs;

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

    /** Its last batches, oldest first. */
    Iterable<ProducerBatch> batches() {
        return batches;
    }

    int batchCount() {
        return batches.size();
    }

    @Nullable
    ProducerBatch lastBatch() {
        return batches.peekLast();
    }

    void add(ProducerBatch batch, long nowMs) {
        if (batch.producerEpoch() != epoch) {
            batches.clear();
            epoch = batch.producerEpoch();
        }
        batches.addLast(batch);
        if (batches.size() > BATCHES_MAX) {
            batches.removeFirst();
        }
        lastSeenMs = Math.max(lastSeenMs, nowMs);
    }

    /** The same batch if it is among the last, or null. */
    @Nullable
    ProducerBatch duplicateOf(RecordBatch batch) {
        if (batch.producerEpoch() != epoch) {
            return null;
        }
        int first = batch.baseSequence();
        int last = batch.lastSequence();
        for (ProducerBatch known : batches) {
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
                && List.copyOf(batches).equals(List.copyOf(that.batches));
    }

    @Override
    public int hashCode() {
        return Objects.hash(producerId, epoch);
    }

    @Override
    public String toString() {
        return "producer " + producerId + " epoch " + epoch + " " + batches;
    }
}
