package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Moves a log to another log directory of the broker while the log is in use: a copy there catches up and takes the log's place,
 * and the log is deleted.
 *
 * <pre>
 * begin        directory with the marker "copying"        a crash: the copy is made anew
 * copy ...     batches, checked by their checksums
 * complete     forced; then the marker "complete"         a crash: the copy is the log, the other one is deleted
 * cleanUp      the other log deleted; then no marker
 * </pre>
 *
 * <p>For one thread at a time, except for {@link #truncated}.
 */
public final class LogMove {
    private static final int REST_BYTES = 1 << 20;

    private final MovableLog log;
    private final Log source;
    private final LogDirectory from;
    private final LogDirectory to;
    private final Log copy;
    /** The lowest offset to which the source was truncated and the copy was not. */
    private final AtomicLong truncatedTo = new AtomicLong(Long.MAX_VALUE);
    /** Base offset of the source's segment that is being copied. */
    private long segmentOffset = -1;

    private boolean hasCaughtUp;

    private LogMove(MovableLog log, LogDirectory from, LogDirectory to, Log copy) {
        this.log = log;
        this.source = log.current();
        this.from = from;
        this.to = to;
        this.copy = copy;
    }

    /**
     * Begins to move a log, with nothing copied. An unfinished copy of it in {@code to} is deleted.
     *
     * @param from the directory that the log is in
     */
    public static LogMove begin(MovableLog log, LogDirectory from, LogDirectory to, long nowMs) throws IOException {
        LogMove move = new LogMove(log, from, to, to.futures().create(log.current(), nowMs));
        log.began(move);
        return move;
    }

    /** The directory that the log moves to. */
    public LogDirectory to() {
        return to;
    }

    /**
     * Copies the next records.
     *
     * @param bytesMax bytes at most, or one batch
     * @return bytes copied; {@link #hasCaughtUp} says whether the copy has everything
     * @throws LogClosedException if the log or the copy has been deleted
     * @throws LogOperationException if the copy refuses the records, for example for lack of space
     */
    public int copy(int bytesMax, long nowMs) throws IOException {
        long truncated = truncatedTo.getAndSet(Long.MAX_VALUE);
        if (truncated < copy.logEndOffset()) {
            copy.truncateTo(truncated, nowMs);
        }
        long startOffset = source.logStartOffset();
        if (startOffset > copy.logEndOffset()) {
            copy.truncateFullyAndStartAt(startOffset, nowMs);
        } else if (startOffset > copy.logStartOffset()) {
            copy.deleteRecordsBefore(startOffset);
        }
        long offset = copy.logEndOffset();
        long endOffset = source.logEndOffset();
        hasCaughtUp = offset >= endOffset;
        if (hasCaughtUp) {
            return 0;
        }
        Segment segment = source.state().segments().floor(offset);
        if (segment.baseOffset() != segmentOffset) {
            // Retention deletes whole segments, by the time of their last append.
            segmentOffset = segment.baseOffset();
            copy.roll(segment.lastAppendedMs());
        }
        try (LogSlice slice = source.read(offset, bytesMax, Long.MAX_VALUE, true)) {
            ByteBuffer bytes = slice.toBuffer();
            AppendResult result = copy.appendAsFollower(bytes, segment.lastAppendedMs());
            if (result instanceof AppendResult.Refused refused) {
                throw new LogOperationException(new IOException(
                        "copy of " + partition() + " in " + to.path() + " refuses the records: " + refused.reason()));
            }
            hasCaughtUp = copy.logEndOffset() >= endOffset;
            return bytes.limit();
        } catch (OffsetNotInLogException e) {
            // Retention has deleted it since the start was read.
            return 0;
        }
    }

    /** Whether the last {@link #copy} reached the end that the log had when the call began. */
    public boolean hasCaughtUp() {
        return hasCaughtUp;
    }

    /** Forces the copied records, so that {@link #complete} has little to force. */
    public void flush() throws IOException {
        copy.flush();
    }

    /**
     * Copies the rest and lets the copy take the log's place. Nothing may be appended, truncated or deleted during the call. If
     * this fails, the log stays where it is.
     */
    public void complete(long nowMs) throws IOException {
        do {
            int unused = copy(REST_BYTES, nowMs);
        } while (!hasCaughtUp);
        if (copy.logEndOffset() != source.logEndOffset()) {
            throw new LogOperationException(new IOException("copy of " + partition() + " in " + to.path()
                    + ": expected log end offset " + source.logEndOffset() + ", found " + copy.logEndOffset()));
        }
        copy.replaceEpochs(source.epochs());
        copy.flush();
        copy.writeEpochs();
        for (Segment segment : copy.state().segments().all()) {
            Files.setLastModifiedTime(segment.file(), FileTime.fromMillis(segment.lastAppendedMs()));
        }
        to.futures().adopt(copy);
        log.replaced(copy);
    }

    /** After {@link #complete}: deletes the log in its former directory. If this fails, the next start does it. */
    public void cleanUp(long nowMs) throws IOException {
        from.delete(source, nowMs);
        to.futures().removeMarker(partition());
    }

    /** Gives the move up and deletes the copy. */
    public void cancel(long nowMs) throws IOException {
        log.moveEnded();
        to.futures().discard(partition(), nowMs);
    }

    void reconfigure(LogConfig config) {
        copy.reconfigure(config);
    }

    /** The source was truncated to end at {@code offset}. Call it after that. */
    void truncated(long offset) {
        long unused = truncatedTo.accumulateAndGet(offset, Math::min);
    }

    private TopicPartition partition() {
        return source.partition();
    }
}
