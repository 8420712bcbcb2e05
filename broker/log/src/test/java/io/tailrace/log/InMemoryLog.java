package io.tailrace.log;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CorruptBatchException;
import io.tailrace.protocol.record.Decompressor;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatches;
import io.tailrace.protocol.record.RecordCursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A log in memory, for simulations: real batches, and a model of what has reached the disk. {@link #sync} is what the
 * operating system does in its own time; {@link #losePower} takes what was not synced. No retention passes, and no
 * {@code flush=ack}: {@link #durable} is always done. {@code ReplicaLogTest} holds it against {@link Log}. Thread-safe.
 */
public final class InMemoryLog implements ReplicaLog {
    private static final int PRODUCERS_MAX = 1000;
    private static final int DECOMPRESSED_BYTES_MAX = 1 << 20;

    private final TopicPartition partition;

    /** Guarded by this, as is everything below. */
    private final List<RecordBatch> batches = new ArrayList<>();

    private final List<AbortedTransaction> aborted = new ArrayList<>();
    private ProducerStates producers = new ProducerStates(PRODUCERS_MAX);
    private LeaderEpochs epochs = LeaderEpochs.EMPTY;
    /** Where the oldest batch that is kept starts, or would. */
    private long baseOffset;

    private long startOffset;
    private long endOffset;
    private long syncedOffset;

    /** An empty log. */
    public InMemoryLog(TopicPartition partition) {
        this.partition = partition;
    }

    @Override
    public TopicPartition partition() {
        return partition;
    }

    @Override
    public void reconfigure(LogConfig newConfig) {}

    @Override
    public synchronized long logStartOffset() {
        return startOffset;
    }

    @Override
    public synchronized long logEndOffset() {
        return endOffset;
    }

    @Override
    public synchronized LeaderEpochs epochs() {
        return epochs;
    }

    /** Everything below this offset survives {@link #losePower}. */
    public synchronized long syncedOffset() {
        return syncedOffset;
    }

    /** The batch that holds an offset, whether or not it is below the log start. */
    public synchronized RecordBatch batch(long offset) {
        return batches.get(indexOf(offset));
    }

    @Override
    public synchronized AppendResult appendVerified(ByteBuffer bytes, int leaderEpoch, long verification, long nowMs) {
        RecordBatch batch = RecordBatch.at(bytes);
        return append(batch, leaderEpoch, producers.validate(batch, verification, startOffset), nowMs);
    }

    @Override
    public synchronized List<ActiveProducer> producers() {
        return producers.active();
    }

    @Override
    public synchronized AppendResult appendMarker(
            EndTransactionMarker marker, boolean raisesEpoch, int leaderEpoch, long nowMs) {
        AppendResult refusal = producers.validate(marker, raisesEpoch, startOffset, endOffset);
        return append(RecordBatch.at(marker.toBatch(nowMs)), leaderEpoch, refusal, nowMs);
    }

    private AppendResult append(RecordBatch batch, int leaderEpoch, @Nullable AppendResult refusal, long nowMs) {
        if (leaderEpoch < epochs.latest()) {
            return new AppendResult.Refused(
                    ErrorCode.NOT_LEADER_OR_FOLLOWER, "epoch " + leaderEpoch + " is before " + epochs.latest());
        }
        if (refusal != null) {
            return refusal;
        }
        batch.stamp(endOffset, leaderEpoch);
        add(batch, nowMs);
        return new AppendResult.Appended(batch.baseOffset(), batch.nextOffset(), startOffset);
    }

    @Override
    public synchronized AppendResult appendAsFollower(ByteBuffer bytes, long nowMs) {
        List<RecordBatch> whole = new ArrayList<>();
        try {
            RecordBatches.of(bytes).forEach(batch -> {
                batch.ensureCrc();
                whole.add(batch);
            });
        } catch (CorruptBatchException e) {
            return new AppendResult.Refused(ErrorCode.CORRUPT_MESSAGE, String.valueOf(e.getMessage()));
        }
        long start = startOffset;
        boolean startsInsideBatch = startOffset == endOffset
                && !whole.isEmpty()
                && whole.get(0).baseOffset() < endOffset
                && whole.get(0).nextOffset() > endOffset;
        if (startsInsideBatch) {
            truncateFullyAndStartAt(whole.get(0).baseOffset(), nowMs);
        }
        AppendResult result = append(whole, nowMs);
        if (startsInsideBatch && result instanceof AppendResult.Appended) {
            deleteRecordsBefore(start);
        }
        return result;
    }

    private AppendResult append(List<RecordBatch> whole, long nowMs) {
        long nextOffset = endOffset;
        int epoch = Math.max(0, epochs.latest());
        for (RecordBatch batch : whole) {
            if (batch.baseOffset() < nextOffset) {
                return new AppendResult.Refused(
                        ErrorCode.OFFSET_OUT_OF_RANGE, "expected " + nextOffset + " or later, found " + batch);
            }
            if (batch.leaderEpoch() < epoch) {
                return new AppendResult.Refused(
                        ErrorCode.CORRUPT_MESSAGE, "expected epoch " + epoch + " or later, found " + batch);
            }
            nextOffset = batch.nextOffset();
            epoch = batch.leaderEpoch();
        }
        long firstOffset = whole.isEmpty() ? endOffset : whole.get(0).baseOffset();
        whole.forEach(batch -> add(batch, nowMs));
        return new AppendResult.Appended(firstOffset, endOffset, startOffset);
    }

    private void add(RecordBatch batch, long nowMs) {
        ByteBuffer copy = ByteBuffer.allocate(batch.sizeInBytes()).put(batch.bytes());
        batches.add(RecordBatch.at(copy.flip()));
        epochs = epochs.append(batch.leaderEpoch(), batch.baseOffset());
        endOffset = batch.nextOffset();
        remember(batch, nowMs);
    }

    private void remember(RecordBatch batch, long nowMs) {
        AbortedTransaction ended = producers.add(batch, nowMs);
        if (ended != null) {
            aborted.add(ended);
        }
    }

    @Override
    public synchronized long lastStableOffset(long highWatermark) {
        return Math.max(startOffset, producers.lastStableOffset(highWatermark));
    }

    @Override
    public synchronized List<AbortedTransaction> abortedTransactions(long from, LogSlice slice, long limit) {
        long end = from;
        for (RecordBatch batch : RecordBatches.of(((Slice) slice).bytes())) {
            end = batch.nextOffset();
        }
        long to = Math.min(end, limit);
        return aborted.stream()
                .filter(each -> each.markerOffset() >= from && each.firstOffset() < to)
                .toList();
    }

    @Override
    public synchronized LogSlice read(long offset, int bytesMax, long offsetLimit, boolean atLeastOneBatch) {
        if (offset < startOffset || offset > endOffset) {
            throw new OffsetNotInLogException(partition, offset, startOffset, endOffset);
        }
        List<RecordBatch> found = new ArrayList<>();
        int bytes = 0;
        for (int i = indexOf(offset); i < batches.size(); i++) {
            RecordBatch batch = batches.get(i);
            boolean fits = bytes + batch.sizeInBytes() <= bytesMax || (atLeastOneBatch && found.isEmpty());
            if (batch.nextOffset() > offsetLimit || !fits) {
                break;
            }
            found.add(batch);
            bytes += batch.sizeInBytes();
        }
        ByteBuffer copy = ByteBuffer.allocate(bytes);
        found.forEach(batch -> copy.put(batch.bytes()));
        return new Slice(copy.flip());
    }

    /** Index of the first batch that ends after an offset. */
    private int indexOf(long offset) {
        int low = 0;
        int high = batches.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (batches.get(middle).lastOffset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public synchronized Optional<TimestampedOffset> offsetForTimestamp(long timestampMs) {
        return records().stream()
                .filter(record -> record.timestampMs() >= timestampMs)
                .findFirst();
    }

    @Override
    public synchronized Optional<TimestampedOffset> offsetOfMaxTimestamp() {
        return records().stream()
                .reduce((first, second) -> second.timestampMs() > first.timestampMs() ? second : first);
    }

    private List<TimestampedOffset> records() {
        Decompressor decompressor = new Decompressor(DECOMPRESSED_BYTES_MAX);
        List<TimestampedOffset> records = new ArrayList<>();
        for (RecordBatch batch : batches) {
            RecordCursor record = RecordCursor.of(batch, decompressor);
            while (record.next()) {
                if (record.offset() >= startOffset) {
                    records.add(new TimestampedOffset(record.offset(), record.timestampMs(), batch.leaderEpoch()));
                }
            }
        }
        return records;
    }

    @Override
    public CompletableFuture<Void> durable(long nextOffset) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized void beginEpoch(int leaderEpoch) {
        epochs = epochs.append(leaderEpoch, endOffset);
    }

    @Override
    public synchronized void truncateTo(long offset, long nowMs) {
        if (offset >= endOffset) {
            epochs = epochs.truncate(offset);
            return;
        }
        if (offset <= baseOffset) {
            truncateFullyAndStartAt(offset, nowMs);
            return;
        }
        int kept = indexOf(offset);
        endOffset = kept > 0 ? batches.get(kept - 1).nextOffset() : baseOffset;
        batches.subList(kept, batches.size()).clear();
        startOffset = Math.min(startOffset, endOffset);
        syncedOffset = Math.min(syncedOffset, endOffset);
        epochs = epochs.truncate(endOffset);
        aborted.removeIf(each -> each.markerOffset() >= endOffset);
        producers = new ProducerStates(PRODUCERS_MAX);
        for (RecordBatch batch : batches) {
            if (batch.lastOffset() >= startOffset) {
                // The ended ones are known.
                AbortedTransaction unused = producers.add(batch, nowMs);
            }
        }
    }

    @Override
    public synchronized void truncateFullyAndStartAt(long offset, long nowMs) {
        batches.clear();
        aborted.clear();
        producers = new ProducerStates(PRODUCERS_MAX);
        epochs = LeaderEpochs.EMPTY;
        baseOffset = offset;
        startOffset = offset;
        endOffset = offset;
        syncedOffset = offset;
    }

    @Override
    public synchronized void deleteRecordsBefore(long offset) {
        if (offset > endOffset) {
            throw new OffsetNotInLogException(partition, offset, startOffset, endOffset);
        }
        if (offset > startOffset) {
            startOffset = offset;
            epochs = epochs.startAt(offset);
        }
    }

    @Override
    public CompletableFuture<Void> storeLogStart() {
        return CompletableFuture.completedFuture(null);
    }

    /** Everything reaches the disk. */
    public synchronized void sync() {
        syncedOffset = endOffset;
    }

    /** The machine fails: the log ends at {@code offset} when it is opened again. */
    public synchronized void losePower(long offset, long nowMs) {
        if (offset < syncedOffset) {
            throw new IllegalArgumentException("offset " + offset + " was synced, up to " + syncedOffset);
        }
        truncateTo(offset, nowMs);
    }

    private record Slice(ByteBuffer bytes) implements LogSlice {
        @Override
        public boolean isEmpty() {
            return !bytes.hasRemaining();
        }

        @Override
        public int sizeInBytes() {
            return bytes.remaining();
        }

        @Override
        public int read(ByteBuffer target, int from) {
            int count = Math.max(0, Math.min(target.remaining(), bytes.remaining() - from));
            target.put(bytes.slice(from, count));
            return count;
        }

        @Override
        public ByteBuffer toBuffer() {
            return bytes;
        }

        @Override
        public void close() {}
    }
}
