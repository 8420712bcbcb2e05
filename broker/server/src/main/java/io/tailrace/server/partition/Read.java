package io.tailrace.server.partition;

import io.tailrace.log.LogSlice;
import io.tailrace.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * What a read of a partition found.
 *
 * @param error {@code NONE}, or why there is nothing
 * @param slice the batches, to be closed by whoever takes them; null with an error
 * @param highWatermark exclusive; -1 with an error
 * @param logStartOffset inclusive; -1 with an error
 */
public record Read(ErrorCode error, @Nullable LogSlice slice, long highWatermark, long logStartOffset) {

    static Read refused(ErrorCode error) {
        return new Read(error, null, -1, -1);
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
