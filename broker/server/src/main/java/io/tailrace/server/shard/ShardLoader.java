package io.tailrace.server.shard;

import io.tailrace.log.LogSlice;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CorruptBatchException;
import io.tailrace.protocol.record.Decompressor;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatches;
import io.tailrace.protocol.record.RecordCursor;
import io.tailrace.server.partition.Partition;
import io.tailrace.shard.Shard;
import io.tailrace.shard.StoredRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays a partition's log into a shard. Records that cannot be replayed and damaged batches are skipped, so that one of them
 * does not make the others unavailable. Records of transactions stay pending until the marker behind them.
 */
final class ShardLoader {
    private static final Logger LOG = LoggerFactory.getLogger(ShardLoader.class);
    private static final int SLICE_BYTES = 1 << 20;
    private static final int DECOMPRESSED_BYTES_MAX = 64 << 20;
    private static final int WARNINGS_MAX = 10;

    private final TopicPartition id;
    private final Partition partition;
    private final Shard<?> shard;
    private final Decompressor decompressor = new Decompressor(DECOMPRESSED_BYTES_MAX);
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private long records;
    private long skipped;

    ShardLoader(Partition partition, Shard<?> shard) {
        this.id = partition.id();
        this.partition = partition;
        this.shard = shard;
    }

    /**
     * Replays the log to its end.
     *
     * @param isStopped asked between two slices
     * @return the end (exclusive)
     * @throws IOException if the log cannot be read
     * @throws IllegalStateException if damage hides where the next batch starts
     */
    long load(BooleanSupplier isStopped) throws IOException {
        long offset = partition.logStartOffset();
        long end = partition.logEndOffset();
        shard.timeline().commit(partition.replica().log().highWatermark());
        while (offset < end && !isStopped.getAsBoolean()) {
            long next = replaySlice(offset, end);
            if (next <= offset) {
                throw new IllegalStateException("log of " + id + ": expected a whole batch at offset " + offset
                        + ", found none before the end at " + end);
            }
            offset = next;
        }
        return end;
    }

    private long replaySlice(long offset, long end) throws IOException {
        try (LogSlice slice = partition.readOwn(offset, SLICE_BYTES, end)) {
            if (buffer.capacity() < slice.sizeInBytes()) {
                buffer = ByteBuffer.allocate(Math.max(SLICE_BYTES, slice.sizeInBytes()));
            }
            buffer.clear().limit(slice.sizeInBytes());
            slice.read(buffer, 0);
            if (slice.sizeInBytes() == 0) {
                return end; // Compaction has left nothing up to the end.
            }
        }
        long next = offset;
        for (RecordBatch batch : RecordBatches.of(buffer.flip())) {
            replay(batch, offset);
            next = batch.nextOffset();
        }
        return next;
    }

    private void replay(RecordBatch batch, long from) {
        try {
            batch.ensureCrc();
            if (batch.isControl()) {
                replayControl(batch);
                return;
            }
            RecordCursor record = RecordCursor.of(batch, decompressor);
            while (record.next()) {
                if (record.offset() >= from) {
                    replay(batch, record);
                }
            }
        } catch (CorruptBatchException e) {
            skip(batch.baseOffset(), e);
        }
    }

    /** Without a producer, it ends no transaction. */
    private void replayControl(RecordBatch batch) {
        if (batch.hasProducerId()) {
            shard.endTransaction(batch.baseOffset(), EndTransactionMarker.of(batch));
        }
    }

    private void replay(RecordBatch batch, RecordCursor record) {
        ByteBuffer key = record.key();
        if (key == null) {
            skip(record.offset(), new IllegalArgumentException("it has no key"));
            return;
        }
        try {
            StoredRecord stored = new StoredRecord(key, record.value());
            if (batch.isTransactional() && batch.hasProducerId()) {
                shard.replayInTransaction(record.offset(), stored, batch.producerId());
            } else {
                shard.replay(record.offset(), stored);
            }
            records++;
        } catch (RuntimeException e) {
            skip(record.offset(), e);
        }
    }

    private void skip(long offset, RuntimeException reason) {
        skipped++;
        if (skipped <= WARNINGS_MAX) {
            LOG.warn(
                    "Skipped what cannot be read while loading a shard: {} at offset {}: {}",
                    id,
                    offset,
                    reason.toString());
        }
    }

    /** Records replayed so far. */
    long records() {
        return records;
    }

    /** Records and batches skipped so far. */
    long skipped() {
        return skipped;
    }
}
