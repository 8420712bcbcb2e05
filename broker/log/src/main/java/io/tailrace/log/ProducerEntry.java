package io.tailrace.log;

import io.tailrace.protocol.record.RecordBatch;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of one idempotent producer: its epoch and its last batches. Guarded by the append lock.
 *
 * <p>A producer has five batches in flight to a broker. When leadership moves, it can send five more to the new leader while the
 * first five wait for the former one, and repeats those afterwards. So ten batches are remembered. Kafka remembers five: it keeps
 * refusing the oldest repetition as out of order, and the producer sends nothing to the partition until its delivery timeout.
 */
final class ProducerEntry {
    static final int BATCHES_MAX = 10;
    /** Value of this field without a transaction. */
    static final int NO_COORDINATOR_EPOCH = -1;

    static final long NO_TRANSACTION = -1;

    private final long producerId;
    private final ArrayDeque<ProducerBatchMetadata> batches = new ArrayDeque<>(BATCHES_MAX + 1);
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

    /** The last batches, oldest first. */
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

    void add(ProducerBatchMetadata batch, long nowMs) {
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
