package io.tailrace.protocol.record;

import io.tailrace.protocol.record.CorruptBatchException.Reason;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The control record that ends a transaction in a partition, alone in its batch (KIP-98, {@code docs/format.md}).
 *
 * @param producerId the transaction's producer
 * @param producerEpoch the epoch that counts from now on: with transaction version 2, one more than that of the records
 * @param isCommit whether the transaction is committed, not aborted
 * @param coordinatorEpoch the leader epoch of the transaction's coordinator
 */
public record EndTransactionMarker(long producerId, short producerEpoch, boolean isCommit, int coordinatorEpoch) {
    private static final short VERSION = 0;
    private static final short ABORT = 0;
    private static final short COMMIT = 1;
    private static final int KEY_BYTES = 4;
    private static final int VALUE_BYTES = 6;
    /** A marker is about 80 bytes. */
    private static final int BATCH_BYTES = 128;

    /** The marker as a control batch, which no leader has stamped. */
    public ByteBuffer toBatch(long nowMs) {
        byte[] key = ByteBuffer.allocate(KEY_BYTES)
                .putShort(VERSION)
                .putShort(isCommit ? COMMIT : ABORT)
                .array();
        byte[] value = ByteBuffer.allocate(VALUE_BYTES)
                .putShort(VERSION)
                .putInt(coordinatorEpoch)
                .array();
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, BATCH_BYTES);
        boolean unused = builder.append(nowMs, key, value, List.of());
        builder.producer(producerId, producerEpoch, RecordBatch.NO_SEQUENCE);
        builder.transactional();
        builder.control();
        return builder.build();
    }

    /**
     * The marker in a control batch.
     *
     * @throws CorruptBatchException if the batch holds something else
     */
    public static EndTransactionMarker of(RecordBatch batch) {
        RecordCursor record = RecordCursor.of(batch, batch.recordBytes());
        ByteBuffer key = record.next() ? record.key() : null;
        ByteBuffer value = key == null ? null : record.value();
        if (!batch.isControl() || key == null || value == null || key.remaining() < KEY_BYTES) {
            throw corrupt(batch, "a control record with a key and a value", "none");
        }
        short type = key.getShort(key.position() + Short.BYTES);
        if ((type != ABORT && type != COMMIT) || value.remaining() < VALUE_BYTES) {
            throw corrupt(batch, "type 0 or 1 and a value of " + VALUE_BYTES + " bytes", type + " and " + value);
        }
        int coordinatorEpoch = value.getInt(value.position() + Short.BYTES);
        return new EndTransactionMarker(batch.producerId(), batch.producerEpoch(), type == COMMIT, coordinatorEpoch);
    }

    private static CorruptBatchException corrupt(RecordBatch batch, String expected, String found) {
        return new CorruptBatchException(Reason.RECORD, batch.position(), "marker", expected, found);
    }
}
