package io.tailrace.log;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CorruptBatchException;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The log of one partition, created by {@link LogDirectory}.
 *
 * <p>Offsets named end, next or limit are exclusive. Thread-safe: appends, truncations and changes of segments exclude each
 * other; reads wait only for truncations. Only {@link #flush} and the methods that truncate or close wait for a sync.
 *
 * <p>Every method that uses the disk throws {@link LogDirectoryOfflineException} once the log directory has failed,
 * {@link LogClosedException} once the log is closed or deleted, {@link CorruptLogException} where it meets damage, and
 * {@link LogOperationException} if the operation failed for a reason that may pass.
 */
public final class Log implements ReplicaLog {
    private final TopicPartition partition;
    private final LogContext context;
    private final CompactionState compaction = new CompactionState();
    private final RecentAppends recentAppends = new RecentAppends();
    private final LogFlusher flusher;
    private final LogAppender appender;
    private final LogMaintenance maintenance;
    private final LogReads reads;
    private final DamageLog damage = new DamageLog();

    /** Guards every change of state, segments and end. Taken after the flusher's lock and before {@link #readers}. */
    private final ReentrantLock appendLock = new ReentrantLock();

    private final OptimisticReadLock readers = new OptimisticReadLock();

    private volatile LogConfig config;
    private volatile LogState state;
    private volatile LeaderEpochs epochs;
    /** Replaced once the batches are in the file, so that readers may read up to it. */
    private volatile LogEnd end;

    private volatile long logStartOffset;
    private volatile boolean isClosed;

    Log(TopicPartition partition, LogConfig config, LogContext context, LogLoader.Loaded loaded) {
        this.partition = partition;
        this.config = config;
        this.context = context;
        this.state = loaded.state();
        this.epochs = loaded.epochs();
        Segment active = state.segments().last();
        this.end = new LogEnd(loaded.logEndOffset(), active, active.sizeInBytes());
        this.logStartOffset = loaded.logStartOffset();
        this.flusher = new LogFlusher(this, context, loaded.recoveryPoint());
        this.appender = new LogAppender(this, context);
        this.reads = new LogReads(this, readers, recentAppends);
        this.maintenance = new LogMaintenance(this, context, appender, readers, damage);
    }

    @Override
    public TopicPartition partition() {
        return partition;
    }

    /** The current configuration. */
    public LogConfig config() {
        return config;
    }

    @Override
    public void reconfigure(LogConfig newConfig) {
        config = newConfig;
    }

    @Override
    public long logStartOffset() {
        return logStartOffset;
    }

    @Override
    public long logEndOffset() {
        return end.offset();
    }

    /** Below this offset everything is forced to disk. */
    public long recoveryPoint() {
        return flusher.recoveryPoint();
    }

    /** Bytes of all segments, without indexes. */
    public long sizeInBytes() {
        return state.segments().all().stream().mapToLong(Segment::sizeInBytes).sum();
    }

    /** Number of segments, including the active one. */
    public int segmentCount() {
        return state.segments().all().size();
    }

    @Override
    public AppendResult appendVerified(ByteBuffer bytes, int leaderEpoch, long verification, long nowMs)
            throws IOException {
        RecordBatch batch = RecordBatch.at(bytes);
        if (batch.sizeInBytes() != bytes.remaining()) {
            throw new IllegalArgumentException(
                    "expected one batch, found " + batch.sizeInBytes() + " of " + bytes.remaining() + " bytes");
        }
        appendLock.lock();
        try {
            ensureOpen();
            return appender.appendAsLeader(batch, bytes, leaderEpoch, verification, nowMs);
        } catch (IOException e) {
            throw report(e);
        } finally {
            appendLock.unlock();
        }
    }

    @Override
    public AppendResult appendMarker(EndTransactionMarker marker, boolean raisesEpoch, int leaderEpoch, long nowMs)
            throws IOException {
        appendLock.lock();
        try {
            ensureOpen();
            return appender.appendMarker(marker, raisesEpoch, leaderEpoch, nowMs);
        } catch (IOException e) {
            throw report(e);
        } finally {
            appendLock.unlock();
        }
    }

    @Override
    public AppendResult appendAsFollower(ByteBuffer bytes, long nowMs) throws IOException {
        ByteBuffer whole;
        try {
            RecordBatches batches = RecordBatches.of(bytes);
            batches.forEach(Log::ensureSound);
            whole = bytes.slice(bytes.position(), batches.validBytes());
        } catch (CorruptBatchException e) {
            return new AppendResult.Refused(ErrorCode.CORRUPT_MESSAGE, partition + ": " + e.getMessage());
        }
        long startOffset = logStartOffset;
        boolean startsInsideBatch = startsInsideFirstOf(whole);
        if (startsInsideBatch) {
            truncateFullyAndStartAt(RecordBatch.at(whole).baseOffset(), nowMs);
        }
        appendLock.lock();
        try {
            ensureOpen();
            AppendResult result = appender.appendAsFollower(whole, nowMs);
            if (startsInsideBatch && result instanceof AppendResult.Appended) {
                raiseLogStartOffset(startOffset);
            }
            return result;
        } catch (IOException e) {
            throw report(e);
        } finally {
            appendLock.unlock();
        }
    }

    private static void ensureSound(RecordBatch batch) {
        batch.ensureCrc();
        if (batch.isControl() && batch.hasProducerId()) {
            EndTransactionMarker unused = EndTransactionMarker.of(batch);
        }
    }

    /** Whether this log is empty and starts at a record inside the first batch, because earlier records were deleted. */
    private boolean startsInsideFirstOf(ByteBuffer whole) {
        long endOffset = end.offset();
        if (!whole.hasRemaining() || logStartOffset != endOffset) {
            return false;
        }
        RecordBatch first = RecordBatch.at(whole);
        return first.baseOffset() < endOffset && first.nextOffset() > endOffset;
    }

    @Override
    public LogSlice read(long offset, int bytesMax, long offsetLimit, boolean atLeastOneBatch) throws IOException {
        return reads.read(offset, bytesMax, offsetLimit, atLeastOneBatch);
    }

    @Override
    public long lastStableOffset(long highWatermark) {
        return Math.max(logStartOffset, state.producers().lastStableOffset(highWatermark));
    }

    @Override
    public List<AbortedTransaction> abortedTransactions(long from, LogSlice slice, long limit) throws IOException {
        return reads.abortedTransactions(from, slice, limit);
    }

    @Override
    public List<ActiveProducer> producers() {
        appendLock.lock();
        try {
            return state.producers().active();
        } finally {
            appendLock.unlock();
        }
    }

    @Override
    public Optional<TimestampedOffset> offsetForTimestamp(long timestampMs) throws IOException {
        return reads.find(timestampMs);
    }

    @Override
    public Optional<TimestampedOffset> offsetOfMaxTimestamp() throws IOException {
        return reads.findMax();
    }

    /** Counts and logs damage, and takes the directory offline if the disk failed; returns the exception to throw. */
    IOException report(IOException failure) {
        if (failure instanceof CorruptLogException corrupt) {
            boolean unused = damage.report(corrupt);
        }
        return context.health().report(failure);
    }

    @Override
    public CompletableFuture<Void> durable(long nextOffset) {
        return config.flush().ackWaits() && nextOffset > flusher.recoveryPoint()
                ? flusher.request(nextOffset)
                : CompletableFuture.completedFuture(null);
    }

    /** Forces the whole log to disk, on the calling thread. */
    public void flush() throws IOException {
        flusher.flushTo(end.offset());
    }

    @Override
    public void beginEpoch(int leaderEpoch) {
        appendLock.lock();
        try {
            epochs = epochs.append(leaderEpoch, end.offset());
        } finally {
            appendLock.unlock();
        }
    }

    @Override
    public LeaderEpochs epochs() {
        return epochs;
    }

    @Override
    public void truncateTo(long offset, long nowMs) throws IOException {
        change(() -> {
            if (offset < end.offset()) {
                truncation().truncateTo(offset, nowMs);
            } else {
                truncation().truncateEpochs(offset);
            }
        });
    }

    @Override
    public void truncateFullyAndStartAt(long offset, long nowMs) throws IOException {
        change(() -> truncation().truncateFullyAndStartAt(offset, nowMs));
    }

    private LogTruncation truncation() {
        return new LogTruncation(this, context, readers);
    }

    @Override
    public void deleteRecordsBefore(long offset) throws IOException {
        withoutAppends(() -> {
            if (offset > end.offset()) {
                throw new OffsetNotInLogException(partition, offset, logStartOffset, end.offset());
            }
            raiseLogStartOffset(offset);
        });
    }

    @Override
    public CompletableFuture<Void> storeLogStart() {
        return context.checkpoints().writeShared();
    }

    /** Makes a change of the segments while no append and no sync runs. */
    private void change(ThrowingRunnable<IOException> change) throws IOException {
        flusher.exclusively(() -> withoutAppends(change));
    }

    /** Makes a change of the segments while no append runs. */
    void withoutAppends(ThrowingRunnable<IOException> change) throws IOException {
        appendLock.lock();
        try {
            ensureOpen();
            change.run();
        } catch (IOException e) {
            throw report(e);
        } finally {
            appendLock.unlock();
        }
    }

    /** Closes the active segment, unless it is empty. */
    void roll(long nowMs) throws IOException {
        withoutAppends(() -> {
            if (!state.segments().last().isEmpty()) {
                Segment unused = appender.roll(end.offset(), nowMs);
            }
        });
    }

    /** Runs a maintenance pass; see {@link LogDirectory#maintain}. */
    void maintain(long nowMs, long deletableBefore) throws IOException {
        appendLock.lock();
        try {
            if (isClosed) {
                return;
            }
            maintenance.run(nowMs, deletableBefore);
        } catch (IOException e) {
            throw report(e);
        } finally {
            appendLock.unlock();
        }
        flusher.flushIfAged(end.offset(), config.flush(), nowMs);
    }

    /** How often readers met damage since the log was opened. */
    public long damageCount() {
        return damage.count();
    }

    /** Flushes, writes indexes, snapshot and epochs, and closes the files. */
    void close() throws IOException {
        flusher.flushTo(end.offset());
        change(() -> {
            state.segments().last().indexes().complete();
            flusher.writeSnapshot(end.offset(), state.producers().snapshot().encode());
            writeEpochs();
            flusher.flushTo(end.offset());
            abandon();
        });
    }

    /** Closes the files without writing anything. */
    void abandon() {
        flusher.exclusively(() -> {
            appendLock.lock();
            try {
                if (!isClosed) {
                    isClosed = true;
                    state.segments().all().forEach(Segment::release);
                }
            } finally {
                appendLock.unlock();
            }
        });
    }

    void ensureOpen() throws IOException {
        context.health().ensureOnline();
        if (isClosed) {
            throw new LogClosedException(partition);
        }
    }

    boolean isClosed() {
        return isClosed;
    }

    LogState state() {
        return state;
    }

    LogEnd end() {
        return end;
    }

    LogFlusher flusher() {
        return flusher;
    }

    void raiseLogStartOffset(long offset) {
        if (offset > logStartOffset) {
            logStartOffset = offset;
            epochs = epochs.startAt(offset);
        }
    }

    void replaceEpochs(LeaderEpochs changed) {
        epochs = changed;
    }

    void writeEpochs() throws IOException {
        state.epochFile().write(epochs);
    }

    /** Publishes an append. */
    void appended(LogEnd newEnd) {
        recentAppends.add(newEnd);
        end = newEnd;
        flusher.afterAppend(newEnd.offset(), config.flush());
    }

    /** Publishes a new active segment, which is empty. */
    void rolled(SegmentList segments, Segment fresh) {
        state = state.with(segments);
        end = new LogEnd(end.offset(), fresh, 0);
    }

    LogContext context() {
        return context;
    }

    CompactionState compaction() {
        return compaction;
    }

    /** Publishes how far the log is compacted. */
    void compacted(CompactionHistory history) {
        state = state.with(history);
    }

    /** Publishes a change of the closed segments: the oldest are gone, or one has replaced several. */
    void replaceSegments(SegmentList segments) {
        state = state.with(segments);
    }

    /** Publishes the producers after a truncation. */
    void replaceState(LogState restored) {
        state = restored;
    }

    /** Publishes segments, start and end after a truncation. */
    void truncated(SegmentList segments, long newStart, long newEnd) {
        recentAppends.clear();
        state = state.with(segments).with(state.history().truncate(newEnd));
        logStartOffset = newStart;
        end = new LogEnd(newEnd, segments.last(), segments.last().sizeInBytes());
    }
}
