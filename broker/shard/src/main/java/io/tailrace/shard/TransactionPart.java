package io.tailrace.shard;

import io.tailrace.protocol.record.EndTransactionMarker;
import java.util.OptionalLong;

/** What a decision contributes to the transaction of a producer in the shard's log (KIP-98). */
public sealed interface TransactionPart {
    /**
     * The records of the decision are part of the producer's transaction, which they begin unless it is open.
     *
     * @param producerId the producer
     * @param producerEpoch its epoch
     * @param verification what {@link Operation#unverified} returned before the transaction's coordinator confirmed that the
     *     log's partition is in the transaction; empty if it was not asked
     */
    record Records(long producerId, short producerEpoch, OptionalLong verification) implements TransactionPart {}

    /**
     * A marker ends the transaction. The decision has no records. A marker that would change nothing is not appended.
     *
     * @param marker the marker
     * @param raisesEpoch whether it must have a later epoch than the records, as with transaction version 2
     */
    record End(EndTransactionMarker marker, boolean raisesEpoch) implements TransactionPart {}
}
