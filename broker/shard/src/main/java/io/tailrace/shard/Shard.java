package io.tailrace.shard;

import io.tailrace.protocol.record.EndTransactionMarker;
import java.util.List;

/**
 * The state in one partition of an internal topic, while this broker leads it. Confined to one thread at a time.
 *
 * @param <S> the state itself
 */
public interface Shard<S extends Shard<S>> {
    /**
     * Applies a record that was just appended or is being loaded. Records arrive in the order of their offsets, which may have
     * gaps.
     *
     * @throws IllegalArgumentException if the record cannot be parsed; the state is unchanged
     */
    void replay(long offset, StoredRecord record);

    /**
     * Like {@link #replay}, for a record of a transaction that is open: it counts once a marker commits the transaction.
     *
     * @throws IllegalArgumentException also if the record cannot be part of a transaction
     */
    default void replayInTransaction(long offset, StoredRecord record, long producerId) {
        throw new IllegalArgumentException(
                "record at offset " + offset + ": expected no transaction, found one of producer " + producerId);
    }

    /** Applies the marker that ends a producer's transaction. It may have ended already. */
    default void endTransaction(long offset, EndTransactionMarker marker) {}

    /** Tracks which changes of this state are committed. */
    Timeline timeline();

    /** The timers that a new coordinator starts after it has loaded the state. */
    List<TimerChange<S>> loaded(long nowMs);
}
