package io.tailrace.server.partition;

import io.tailrace.log.AbortedTransaction;
import io.tailrace.log.LogSlice;
import io.tailrace.protocol.EpochEnd;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a read of a partition. Close it.
 *
 * @param error {@code NONE}, or why there are no batches
 * @param slice the batches; null with an error or a divergence
 * @param highWatermark exclusive; -1 with an error
 * @param logStartOffset inclusive; -1 with an error other than {@code OFFSET_OUT_OF_RANGE}
 * @param diverging the end of the part that a follower's log can share with this one, if they diverge; otherwise null
 * @param transactions what a reader of committed records needs to know; null for other readers, and without a read
 */
public record Read(
        ErrorCode error,
        @Nullable LogSlice slice,
        long highWatermark,
        long logStartOffset,
        @Nullable EpochEnd diverging,
        @Nullable Transactions transactions) {

    /**
     * The transactions in a read.
     *
     * @param lastStableOffset the end of what is decided, exclusive
     * @param aborted the aborted transactions that overlap the batches, and perhaps some behind them
     */
    public record Transactions(long lastStableOffset, List<AbortedTransaction> aborted) {
        /** Copies the list. */
        public Transactions {
            aborted = List.copyOf(aborted);
        }
    }

    static Read of(LogSlice slice, long highWatermark, long logStartOffset, @Nullable Transactions transactions) {
        return new Read(ErrorCode.NONE, slice, highWatermark, logStartOffset, null, transactions);
    }

    /** A read that was refused, with an error other than {@code OFFSET_OUT_OF_RANGE}. */
    public static Read refused(ErrorCode error) {
        return new Read(error, null, -1, -1, null, null);
    }

    static Read outOfRange(long logStartOffset) {
        return new Read(ErrorCode.OFFSET_OUT_OF_RANGE, null, -1, logStartOffset, null, null);
    }

    static Read diverging(EpochEnd end, long highWatermark, long logStartOffset) {
        return new Read(ErrorCode.NONE, null, highWatermark, logStartOffset, end, null);
    }

    /** Bytes read. */
    public int sizeInBytes() {
        return slice == null ? 0 : slice.sizeInBytes();
    }

    /** Whether the first batch is not cut off. Reads its header. */
    public boolean hasWholeBatch() throws IOException {
        if (slice == null || slice.sizeInBytes() < RecordBatch.LENGTH_OVERHEAD_BYTES) {
            return false;
        }
        ByteBuffer start = ByteBuffer.allocate(RecordBatch.LENGTH_OVERHEAD_BYTES);
        slice.read(start, 0);
        return start.getInt(RecordBatch.LENGTH_AT) <= slice.sizeInBytes() - RecordBatch.LENGTH_OVERHEAD_BYTES;
    }

    /** The same without the batches, which are closed. */
    public Read withoutRecords() {
        close();
        return new Read(error, null, highWatermark, logStartOffset, diverging, transactions);
    }

    /** Closes the batches. */
    public void close() {
        if (slice != null) {
            slice.close();
        }
    }
}
