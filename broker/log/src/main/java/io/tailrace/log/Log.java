package io.tailrace.log;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CorruptBatchException;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of one partition. Made by {@link LogDirectory}.
 *
 * <p>Offsets named end, next or limit are exclusive. Any thread may call anything. Appends, truncations and what
 * changes the segments exclude each other; reads wait for truncations only. No method waits for a sync but
 * {@link #flush} and those that truncate or close.
 *
 * <p>Every method that touches the disk throws {@link LogDirectoryOfflineException} from the first failure of the
 * log directory on, and {@link LogClosedException} once the log is closed or deleted.
 */
public final class Log implements ReplicaLog {
    private static final Logger LOG = LoggerFactory.getLogger(Log.class);

    private final TopicPartition partition;
    private final LogContext context;
    private final RecentEnds recentEnds = new RecentEnds();
    private final LogFlusher flusher;
    private final LogAppender appender;

    /** Guards every change of state, segments and end. Taken after the flusher's lock, before {@link #readers}. */
    private final ReentrantLock appendLock = new ReentrantLock();

    private final ReadersGate readers = new ReadersGate();

    private volatile LogConfig config;
    private volatile LogState state;
    private volatile LeaderEpochs epochs;
    /** Replaced after the batches are in the file: whoever reads it may read up to it. */
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
        this.appender = new LogAppender(this, context, readers);
    }

    @Override
    public TopicPartition partition() {
        return partition;
    }

    /** The configuration in force. */
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

    /** Bytes of all segments, without their indexes. */
    public long sizeInBytes() {
        return state.segments().all().stream().mapToLong(Segment::sizeInBytes).sum();
    }

    /** Number of segments, the active one included. */
    public int segmentCount() {
        return state.segments().all().size();
    }

    @Override
    public AppendResult appendAsLeader(ByteBuffer bytes, int leaderEpoch, long nowMs) throws IOException {
        RecordBatch batch = RecordBatch.at(bytes);
        if (batch.sizeInBytes() != bytes.remaining()) {
            throw new IllegalArgumentException(
                    "expected one batch, found " + batch.sizeInBytes() + " of " + bytes.remaining() + " bytes");
        }
        appendLock.lock();
        try {
            ensureOpen();
            return appender.appendAsLeader(batch, bytes, leaderEpoch, nowMs);
        } catch (IOException e) {
            throw context.health().report(e);
        } finally {
            appendLock.unlock();
        }
    }

    @Override
    public AppendResult appendAsFollower(ByteBuffer bytes, long nowMs) throws IOException {
        ByteBuffer whole;
        try {
            RecordBatches batches = RecordBatches.of(bytes);
            batches.forEach(RecordBatch::ensureCrc);
            whole = bytes.slice(bytes.position(), batches.validBytes());
        } catch (CorruptBatchException e) {
            return new AppendResult.Refused(ErrorCode.CORRUPT_MESSAGE, partition + ": " + e.getMessage());
        }
        appendLock.lock();
        try {
            ensureOpen();
            return appender.appendAsFollower(whole, nowMs);
        } catch (IOException e) {
            throw context.health().report(e);
        } finally {
            appendLock.unlock();
        }
    }

    @Override
    public LogSlice read(long offset, int bytesMax, long offsetLimit, boolean atLeastOneBatch) throws IOException {
        return look(() -> reader().read(offset, bytesMax, offsetLimit, atLeastOneBatch), LogSlice::close);
    }

    @Override
    public Optional<TimestampedOffset> offsetForTimestamp(long timestampMs) throws IOException {
        return Optional.ofNullable(
                look(() -> reader().find(timestampMs), found -> {}).record());
    }

    @Override
    public Optional<TimestampedOffset> offsetOfMaxTimestamp() throws IOException {
        return Optional.ofNullable(look(() -> reader().findMax(), found -> {}).record());
    }

    /** A batch that is not one harms its readers, a disk that does not read its whole directory. */
    private <T> T look(ReadersGate.Reading<T> reading, ReadersGate.Undo<T> undo) throws IOException {
        try {
            return readers.read(reading, undo);
        } catch (IOException e) {
            throw context.health().report(e);
        }
    }

    /** The end is taken before the segments, so that they cover it, and the start after, so that it is theirs. */
    private LogReader reader() throws IOException {
        ensureOpen();
        LogEnd currentEnd = end;
        SegmentList segments = state.segments();
        return new LogReader(partition, segments, logStartOffset, currentEnd, recentEnds);
    }

    @Override
    public CompletableFuture<Void> durable(long nextOffset) {
        return config.flush().ackWaits() && nextOffset > flusher.recoveryPoint()
                ? flusher.request(nextOffset)
                : CompletableFuture.completedFuture(null);
    }

    /** Forces everything that is in the log now, on the calling thread. */
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
                truncater().truncateTo(offset, nowMs);
            } else {
                truncater().truncateEpochs(offset);
            }
        });
    }

    @Override
    public void truncateFullyAndStartAt(long offset, long nowMs) throws IOException {
        change(() -> truncater().truncateFullyAndStartAt(offset, nowMs));
    }

    private LogTruncation truncater() {
        return new LogTruncation(this, context, readers);
    }

    @Override
    public void deleteRecordsBefore(long offset) throws IOException {
        change(() -> {
            if (offset > end.offset()) {
                throw new OffsetOutOfRangeException(partition, offset, logStartOffset, end.offset());
            }
            raiseLogStartOffset(offset);
        });
    }

    /** One change of the segments, with appends and syncs kept out. */
    private void change(LogFlusher.Change<IOException> change) throws IOException {
        flusher.exclusively(() -> {
            appendLock.lock();
            try {
                ensureOpen();
                change.run();
            } catch (IOException e) {
                throw context.health().report(e);
            } finally {
                appendLock.unlock();
            }
        });
    }

    /** Runs the passes of a log over time; see {@link LogDirectory#maintain}. */
    void maintain(long nowMs, long deletableBefore) throws IOException {
        appendLock.lock();
        try {
            if (isClosed) {
                return;
            }
            Segment active = state.segments().last();
            boolean isAged = nowMs - active.createdMs() >= config.roll().segmentAgeMsMax()
                    || nowMs - active.lastAppendedMs() > config.retention().ageMs();
            if (isAged && !active.isEmpty()) {
                Segment unused = appender.roll(end.offset(), nowMs);
            }
            LogCleanup.deleteExpired(this, context.trash(), nowMs, deletableBefore);
            state.producers().expire(nowMs, context.config().producerIdExpirationMs());
            rebuildSuspectIndexes();
        } catch (IOException e) {
            throw context.health().report(e);
        } finally {
            appendLock.unlock();
        }
        flusher.flushIfAged(end.offset(), config.flush(), nowMs);
    }

    /** A batch that is not one harms its readers only, here too; the index then covers what is before it. */
    private void rebuildSuspectIndexes() throws IOException {
        for (Segment segment : state.segments().all()) {
            if (segment.isIndexSuspect()) {
                try {
                    readers.change(() -> segment.rebuildIndexes(config.roll().indexIntervalBytes()));
                } catch (CorruptLogException e) {
                    LOG.error("{}: reads from there on fail", e.getMessage());
                }
            }
        }
    }

    /** Flushes, writes indexes, snapshot and epochs, and lets go of the files. */
    void close() throws IOException {
        flusher.flushTo(end.offset());
        change(() -> {
            state.segments().last().completeIndexes();
            flusher.writeSnapshot(
                    end.offset(), ProducerSnapshot.encode(state.producers().entries()));
            writeEpochs();
            flusher.flushTo(end.offset());
            abandon();
        });
    }

    /** Lets go of the files as they are. */
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

    private void ensureOpen() throws IOException {
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

    /** Publishes what was written. */
    void appended(LogEnd newEnd) {
        recentEnds.add(newEnd);
        end = newEnd;
        flusher.afterAppend(newEnd.offset(), config.flush());
    }

    /** Goes on in a segment that is empty yet. */
    void rolled(SegmentList segments, Segment fresh) {
        state = state.with(segments);
        end = new LogEnd(end.offset(), fresh, 0);
    }

    /** Takes over segments from which the oldest are gone. */
    void replaceSegments(SegmentList segments) {
        state = state.with(segments);
    }

    /** Takes over segments and an end that a truncation has left. */
    void truncated(SegmentList segments, long newStart, long newEnd) {
        recentEnds.clear();
        state = state.with(segments);
        logStartOffset = newStart;
        end = new LogEnd(newEnd, segments.last(), segments.last().sizeInBytes());
    }
}
