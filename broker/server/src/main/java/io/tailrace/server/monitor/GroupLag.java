package io.tailrace.server.monitor;

import io.tailrace.log.LogSlice;
import io.tailrace.log.OffsetNotInLogException;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A group's lag in a partition.
 *
 * @param records from the committed offset to the high watermark
 * @param seconds the age of the batch with the first of these records, 0 if there are none
 */
record GroupLag(long records, double seconds) {
    private static final GroupLag NONE = new GroupLag(0, 0);
    private static final double MS_PER_SECOND = 1000;

    /**
     * The lag behind the end of this broker's own replica; empty if it has none. Reads the header of a batch.
     *
     * @throws IOException if the batch cannot be read
     */
    static Optional<GroupLag> of(TopicPartition id, long committedOffset, Partitions partitions, long nowMs)
            throws IOException {
        Partition partition = partitions.find(id.topic(), id.partition());
        if (partition == null) {
            return Optional.empty();
        }
        long end = partition.replica().log().highWatermark();
        if (committedOffset >= end) {
            return Optional.of(NONE);
        }
        // Records that retention has deleted can no longer be read, but still count.
        long first = Math.max(committedOffset, partition.logStartOffset());
        try {
            return Optional.of(new GroupLag(end - committedOffset, ageSeconds(partition, first, end, nowMs)));
        } catch (OffsetNotInLogException e) {
            // Retention was faster. The next scrape reports the lag.
            return Optional.empty();
        }
    }

    private static double ageSeconds(Partition partition, long offset, long end, long nowMs) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(RecordBatch.HEADER_BYTES);
        try (LogSlice slice = partition.readOwn(offset, RecordBatch.HEADER_BYTES, end)) {
            if (slice.read(header, 0) < RecordBatch.HEADER_BYTES) {
                return 0;
            }
        }
        long timestampMs = header.getLong(RecordBatch.MAX_TIMESTAMP_AT);
        return timestampMs < 0 ? 0 : Math.max(0, nowMs - timestampMs) / MS_PER_SECOND;
    }
}
