package io.tailrace.server.partition;

import io.tailrace.log.LogSlice;
import io.tailrace.protocol.EpochEnd;
import io.tailrace.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * What a read of a partition found.
 *
 * @param error {@code NONE}, or why there is nothing
 * @param slice the batches, to be closed by whoever takes them; null with an error
 * @param highWatermark exclusive; -1 with an error
 * @param logStartOffset inclusive; -1 with an error, but for a follower that is out of the log's range
 * @param diverging up to where a follower's log agrees with this one at most, if they diverge; null if they do not
 */
public record Read(
        ErrorCode error,
        @Nullable LogSlice slice,
        long highWatermark,
        long logStartOffset,
        @Nullable EpochEnd diverging) {

    static Read refused(ErrorCode error) {
        return new Read(error, null, -1, -1, null);
    }

    static Read outOfRange(long logStartOffset) {
        return new Read(ErrorCode.OFFSET_OUT_OF_RANGE, null, -1, logStartOffset, null);
    }

    static Read diverging(EpochEnd end, long highWatermark, long logStartOffset) {
        return new Read(ErrorCode.NONE, null, highWatermark, logStartOffset, end);
    }

    /** Bytes read. */
    public int sizeInBytes() {
        return slice == null ? 0 : slice.sizeInBytes();
    }

    /** Lets go of the batches. */
    public void close() {
        if (slice != null) {
            slice.close();
        }
    }
}
