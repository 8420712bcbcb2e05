package io.tailrace.server.partition;

import io.tailrace.log.ReplicaLog;
import io.tailrace.protocol.record.EndTransactionMarker;
import java.nio.ByteBuffer;

/** What a leader appends to its log. */
public sealed interface LeaderWrite {
    /**
     * A validated batch.
     *
     * @param bytes the batch; offset and leader epoch are stamped in place
     * @param verification as in {@link ReplicaLog#appendVerified}
     */
    record Batch(ByteBuffer bytes, long verification) implements LeaderWrite {
        /** A batch that belongs to no transaction, or whose transaction may be open already. */
        public Batch(ByteBuffer bytes) {
            this(bytes, ReplicaLog.NOT_VERIFIED);
        }
    }

    /**
     * A marker that ends a transaction.
     *
     * @param raisesEpoch as in {@link ReplicaLog#appendMarker}
     */
    record Marker(EndTransactionMarker marker, boolean raisesEpoch) implements LeaderWrite {}
}
